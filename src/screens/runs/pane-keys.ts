import type {KeyBinding} from '../../ui/keys/binding.ts';
import {nextPaneCount} from './pane-plan.ts';
import type {RunLayout} from './run-layout.ts';

/** What a person chose about the panes beside a list. */
interface PaneChoices {
  readonly paneCount: number;
  /** Absent: the list has the focus; else the index of a pane. */
  readonly focus?: number | undefined;
  readonly zoomed: boolean;
  /** Items of the list that stay in a pane. */
  readonly held: readonly string[];
}

/** Whoever has a list with panes beside it. */
export interface PaneHost {
  readonly choices: {get(): PaneChoices};
  set(change: Partial<PaneChoices>): void;
  /** What each pane shows now. */
  panes(): readonly (string | undefined)[];
  /** The item under the cursor of the list. */
  selected(): string | undefined;
}

interface PaneKeys {
  /** Going round the panes, splitting, zooming. */
  readonly moves: readonly KeyBinding[];
  readonly keep: KeyBinding;
  /** Going to a pane by its number. */
  readonly numbers: readonly KeyBinding[];
}

/** The keys of panes beside a list; `words` says what the list and its items are called. */
export function paneKeys(
  host: PaneHost,
  layout: RunLayout,
  words: {readonly list: string; readonly item: string},
): PaneKeys {
  const choices = host.choices.get();
  const places = (): number => {
    const {zoomed, paneCount} = host.choices.get();
    return zoomed || layout.panes.height === 0 ? 1 : paneCount;
  };
  const focusBy = (by: number): void => {
    const {focus, zoomed} = host.choices.get();
    if (zoomed) {
      host.set({focus: ((focus ?? 0) + by + host.panes().length) % host.panes().length});
      return;
    }
    const all = places() + 1;
    const at = focus === undefined ? 0 : Math.min(focus, places() - 1) + 1;
    const next = (at + by + all) % all;
    host.set({focus: next === 0 ? undefined : next - 1});
  };
  const next = nextPaneCount(choices.paneCount, layout.panes.width, layout.panes.height || layout.plan.height);
  return {
    moves: [
      {keys: ['tab'], word: 'pane', help: `The next pane: ${words.list}, then outputs.`, run: () => focusBy(1)},
      {keys: ['shift-tab'], word: 'pane before', help: 'The pane before.', quiet: true, run: () => focusBy(-1)},
      {
        keys: ['p'],
        word: next === 1 ? 'one pane' : `${next} panes`,
        help: 'Split the outputs: 1, 2, 4, 6, 9 panes, as many as fit.',
        run: () => host.set({paneCount: next, focus: undefined, zoomed: false}),
      },
      {
        keys: ['z'],
        word: choices.zoomed ? 'unzoom' : 'zoom',
        help: 'Give the output with the focus the whole room, and back.',
        run: () => {
          const {zoomed, focus} = host.choices.get();
          host.set({zoomed: !zoomed, focus: focus ?? 0});
        },
      },
    ],
    keep: {
      keys: ['space'],
      word: 'keep',
      help: `Keep the output of the ${words.item} under the cursor in a pane of its own, or let it go.`,
      quiet: choices.paneCount === 1,
      run: () => {
        const {held} = host.choices.get();
        const item = host.selected();
        if (item === undefined) return;
        host.set({held: held.includes(item) ? held.filter((other) => other !== item) : [...held, item]});
      },
    },
    numbers: Array.from({length: 9}, (_, pane) => ({
      keys: [`alt-${pane + 1}`],
      word: `pane ${pane + 1}`,
      help: `Go to pane ${pane + 1}.`,
      quiet: true,
      run: () => {
        if (pane < host.choices.get().paneCount) host.set({focus: pane});
      },
    })),
  };
}
