/** A line of text being typed. The cursor counts characters as a person does. */
export interface InputState {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export type InputAction =
  | {readonly type: 'insert'; readonly text: string}
  | {readonly type: 'backspace' | 'delete' | 'left' | 'right' | 'home' | 'end' | 'word-back' | 'clear'}
  | {readonly type: 'set'; readonly text: string};

/** A line that holds this text, with the cursor at its end. */
export function inputOf(text: string): InputState {
  return {before: characters(text), after: []};
}

/** The text as it stands. */
export function textOf(state: InputState): string {
  return [...state.before, ...state.after].join('');
}

export function reduceInput(state: InputState, action: InputAction): InputState {
  const {before, after} = state;
  switch (action.type) {
    case 'insert':
      return {before: [...before, ...characters(action.text)], after};
    case 'backspace':
      return {before: before.slice(0, -1), after};
    case 'delete':
      return {before, after: after.slice(1)};
    case 'left':
      return before.length === 0 ? state : {before: before.slice(0, -1), after: [...before.slice(-1), ...after]};
    case 'right':
      return after.length === 0 ? state : {before: [...before, ...after.slice(0, 1)], after: after.slice(1)};
    case 'home':
      return {before: [], after: [...before, ...after]};
    case 'end':
      return {before: [...before, ...after], after: []};
    case 'word-back': {
      const kept = before.join('').replace(/\S*\s*$/, '');
      return {before: characters(kept), after};
    }
    case 'clear':
      return {before: [], after};
    case 'set':
      return inputOf(action.text);
  }
}

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

/** Pasted text holds line ends and worse: only what can stand in one line stays. */
function characters(text: string): readonly string[] {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll(/\p{Cc}/gu, '');
  return Array.from(segmenter.segment(line), (part) => part.segment);
}
