import {controlKey, letterKeys, numberKeys, withModifiers} from './key-names.ts';

/** What the keyboard did. */
export type InputEvent =
  | (Key & {
      /** What the terminal sent for it. */
      readonly raw: string;
    })
  | Paste;

interface Key {
  readonly type: 'key';
  readonly name: string;
  /** What a text input takes from the key, when it types something. */
  readonly text?: string;
}

interface Paste {
  readonly type: 'paste';
  readonly text: string;
}

/** Cuts what a terminal sends into keys. Holds what may be the beginning of a sequence. */
export interface Splitter {
  /** The keys that are complete now. */
  push(chunk: string): readonly InputEvent[];
  /** What is held, when nothing more comes: a lone Esc is the key, a broken sequence is nothing. */
  flush(): readonly InputEvent[];
  /** How long to wait for more before flush, in milliseconds; undefined when nothing is held. */
  patience(): number | undefined;
}

export function createSplitter(): Splitter {
  let held = '';
  let escFlushed = false;
  const read = (ended: boolean): readonly InputEvent[] => {
    const events: InputEvent[] = [];
    let at = 0;
    while (at < held.length) {
      const step = readOne(held, at, ended);
      if (step === undefined) break;
      const {event} = step;
      if (event) events.push(event.type === 'key' ? {...event, raw: held.slice(at, step.next)} : event);
      at = step.next;
    }
    held = held.slice(at);
    return events;
  };
  return {
    push(chunk) {
      // The tail of a sequence whose Esc was given up too early must not be typed: 'A' would be a key of its own.
      held = escFlushed && /^(?:\[[\d;<?]*[A-Za-z~]|O[A-DFHP-S])/.test(chunk) ? `\x1b${chunk}` : held + chunk;
      escFlushed = false;
      const events = read(false);
      held = boundedPaste(held);
      return events;
    },
    flush() {
      const loneEsc = held === '\x1b';
      const events = read(true);
      held = '';
      escFlushed = loneEsc;
      return events;
    },
    patience() {
      if (held === '' || held.startsWith(pasteStart)) return undefined;
      return held === '\x1b' ? 25 : 250;
    },
  };
}

const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';
/** Characters of a paste that are kept; more is dropped. */
const pasteLimit = 1 << 20;
/** Replies of the terminal longer than this are no replies. */
const replyLimit = 4096;

interface Step {
  readonly event?: Key | Paste;
  readonly next: number;
}

/** Reads one key at `at`; undefined when it is not complete. `ended` says that nothing more will come. */
function readOne(input: string, at: number, ended: boolean): Step | undefined {
  const code = codePointAt(input, at);
  if (code === 0x1b) return readEscape(input, at, ended);
  return readCharacter(input, at, ended, false);
}

function readCharacter(input: string, at: number, ended: boolean, alt: boolean): Step | undefined {
  const code = codePointAt(input, at);
  const length = code > 0xffff ? 2 : 1;
  const next = at + length;
  const prefix = alt ? 'alt-' : '';
  const control = controlKey(code);
  if (control) return {event: {type: 'key', name: prefix + control}, next};
  if (code >= 0xd800 && code <= 0xdbff && next === input.length && !ended) return undefined;
  // C1 controls and halves of a surrogate pair are no keys.
  if ((code >= 0x80 && code < 0xa0) || (code >= 0xd800 && code <= 0xdfff)) return {next};
  const text = input.slice(at, next);
  const name = text === ' ' ? 'space' : text;
  return {event: alt ? {type: 'key', name: prefix + name} : {type: 'key', name, text}, next};
}

/**
 * String.codePointAt, which in Node 24.21 (V8 with optimisation) sometimes takes a pair for its first half when
 * the string is made of several; splitter.test.ts finds it within a hundred tries.
 */
function codePointAt(text: string, at: number): number {
  const high = text.charCodeAt(at);
  const low = text.charCodeAt(at + 1);
  const pair = high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
  return pair ? (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000 : high;
}

function readEscape(input: string, at: number, ended: boolean): Step | undefined {
  const second = input[at + 1];
  if (second === undefined) return ended ? {event: {type: 'key', name: 'esc'}, next: at + 1} : undefined;
  if (second === '\x1b') return {event: {type: 'key', name: 'esc'}, next: at + 1};
  if (second === '[') return readCsi(input, at, ended);
  if (second === 'O') return readSs3(input, at, ended);
  if (second === ']' || second === 'P') return readReply(input, at, ended);
  return readCharacter(input, at + 1, ended, true);
}

function readSs3(input: string, at: number, ended: boolean): Step | undefined {
  const third = input[at + 2];
  if (third === undefined) return ended ? {event: {type: 'key', name: 'alt-O'}, next: at + 2} : undefined;
  if (third === 'M') return {event: {type: 'key', name: 'enter'}, next: at + 3};
  const name = letterKeys[third];
  if (name) return {event: {type: 'key', name}, next: at + 3};
  // Anything but a letter cannot belong to the sequence.
  return {next: /[A-Za-z]/.test(third) ? at + 3 : at + 2};
}

/** Answers of the terminal (OSC, DCS) start with a digit or a mark; anything else is the key with Alt. */
function readReply(input: string, at: number, ended: boolean): Step | undefined {
  const third = input[at + 2];
  if (third === undefined && !ended) return undefined;
  if (third === undefined || !/[\d>!+=|$]/.test(third)) return readCharacter(input, at + 1, ended, true);
  for (let i = at + 2; i < input.length && i - at < replyLimit; i++) {
    if (input[i] === '\x07') return {next: i + 1};
    if (input[i] === '\x1b') {
      if (input[i + 1] === undefined && !ended) return undefined;
      return {next: input[i + 1] === '\\' ? i + 2 : i};
    }
  }
  return ended || input.length - at >= replyLimit ? {next: Math.min(input.length, at + replyLimit)} : undefined;
}

function readCsi(input: string, at: number, ended: boolean): Step | undefined {
  let i = at + 2;
  // The old console writes F1 to F5 as CSI [ A to E.
  if (input[i] === '[') {
    if (input[i + 1] === undefined) return ended ? {next: i + 1} : undefined;
    return {next: /[A-Z]/.test(input[i + 1] ?? '') ? i + 2 : i + 1};
  }
  while (i < input.length && /[0-?]/.test(input[i] ?? '')) i++;
  while (i < input.length && /[ -/]/.test(input[i] ?? '')) i++;
  const final = input[i];
  if (final === undefined) return ended ? {next: i} : undefined;
  // A character that cannot be here ends the broken sequence and is a key of its own.
  if (!/[@-~]/.test(final)) return {next: i};
  const parameters = input.slice(at + 2, i);
  if (parameters === '' && final === 'M') {
    if (input.length < i + 4) return ended ? {next: input.length} : undefined;
    return {next: i + 4};
  }
  if (parameters === '200' && final === '~') return readPaste(input, i + 1);
  const event = csiKey(parameters, final);
  return event ? {event, next: i + 1} : {next: i + 1};
}

function csiKey(parameters: string, final: string): Key | undefined {
  if (!/^[\d;:]*$/.test(parameters)) return undefined;
  const [first = [], second = [], third = []] = parameters.split(';').map((part) => part.split(':').map(Number));
  const [number = 0] = first;
  const [modifier = 1, happened = 1] = second;
  // Kitty terminals report the release of keys as event 3.
  if (happened === 3) return undefined;
  if (final === 'u') return codeKey(number, modifier);
  if (final === '~') {
    if (number === 27) return codeKey(third[0] ?? 0, modifier);
    const name = numberKeys[number];
    return name ? {type: 'key', name: withModifiers(name, modifier)} : undefined;
  }
  const name = letterKeys[final];
  // CSI row;column R answers a question nobody asked; only CSI 1;modifier R is a key.
  if (!name || (final === 'R' && number > 1)) return undefined;
  return {type: 'key', name: withModifiers(name, modifier || 1)};
}

/** A key given as its code point with modifiers (CSI u, modifyOtherKeys). */
function codeKey(code: number, modifier: number): Key | undefined {
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  // Kitty's private numbers for keys without a character (keypad, media, modifiers).
  if (code >= 57344 && code <= 63743) return undefined;
  const bits = Math.max(0, modifier - 1);
  const special = controlKey(code);
  if (special !== undefined && (code < 0x20 || code === 0x7f)) {
    return {type: 'key', name: withModifiers(special, (bits & 7) + 1)};
  }
  if (code >= 0x80 && code < 0xa0) return undefined;
  const plain = String.fromCodePoint(code);
  if ((bits & 6) === 0) {
    const text = bits & 1 ? plain.toUpperCase() : plain;
    return {type: 'key', name: text === ' ' ? 'space' : text, text};
  }
  return {type: 'key', name: withModifiers(plain === ' ' ? 'space' : plain, (bits & 7) + 1)};
}

/** Of a paste that has not ended only the beginning is kept, and the end, where half of its mark may be. */
function boundedPaste(held: string): string {
  const longest = pasteStart.length + pasteLimit;
  if (held.length <= longest + pasteEnd.length || !held.startsWith(pasteStart)) return held;
  return held.slice(0, longest) + held.slice(-pasteEnd.length);
}

/** A paste ends at its mark; Ctrl-c ends one whose mark never comes. */
function readPaste(input: string, from: number): Step | undefined {
  const end = input.indexOf(pasteEnd, from);
  const given = end < 0 ? input.indexOf('\x03', from) : end;
  if (given < 0) return undefined;
  return {event: paste(input.slice(from, given)), next: end < 0 ? given : given + pasteEnd.length};
}

function paste(raw: string): Paste {
  const text = raw
    .slice(0, pasteLimit)
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
  return {type: 'paste', text};
}
