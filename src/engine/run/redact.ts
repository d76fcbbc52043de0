import type {Secret} from '../secret.ts';

/** Replaces secrets in a stream of bytes, however it is cut into chunks. */
export interface Redactor {
  /** What may be written now: everything but an end that could be the beginning of a secret. */
  push(bytes: Uint8Array): Buffer;
  /** What was held back. */
  flush(): Buffer;
}

// Bytes are handled as latin1 text, one character a byte, so that patterns and positions are those of the bytes.
const mask = Buffer.from('••••••').toString('latin1');

/**
 * A redactor for these secrets and the forms they take in outputs: base64 (also inside a longer encoded text), URL,
 * shell-quoted, JSON, and with the line ends of a terminal.
 */
export function createRedactor(secrets: Iterable<Secret>): Redactor {
  const patterns = patternsOf(secrets).map((text) => ({text, fallback: fallbacks(text)}));
  const any = regularExpression(patterns.map(({text}) => text));
  let held = '';
  if (!any) return {push: (bytes) => Buffer.from(bytes), flush: () => Buffer.alloc(0)};

  return {
    push(bytes) {
      const text = held + Buffer.from(bytes).toString('latin1');
      let from = 0;
      let safe = text.length - couldBegin(text, from, patterns);
      let out = '';
      for (;;) {
        any.lastIndex = from;
        const match = any.exec(text);
        // A match that starts behind `safe` might still grow into a longer secret.
        if (!match || match.index >= safe) break;
        out += text.slice(from, match.index) + mask;
        from = match.index + match[0].length;
        if (from > safe) safe = text.length - couldBegin(text, from, patterns);
      }
      held = text.slice(safe);
      return Buffer.from(out + text.slice(from, safe), 'latin1');
    },
    flush() {
      const rest = held.replace(any, mask);
      held = '';
      return Buffer.from(rest, 'latin1');
    },
  };
}

/** The same for a text that is there as a whole. */
export function redactText(secrets: Iterable<Secret>): (text: string) => string {
  const any = regularExpression(patternsOf(secrets));
  return (text) =>
    any ? Buffer.from(Buffer.from(text).toString('latin1').replace(any, mask), 'latin1').toString() : text;
}

/** A value of plain JSON with every text in it redacted, keys included. */
export function redactValue<T>(value: T, redact: (text: string) => string): T {
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return redact(part);
    if (Array.isArray(part)) return part.map(walk);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [redact(key), walk(item)]));
  };
  return walk(value) as T;
}

function patternsOf(secrets: Iterable<Secret>): string[] {
  const patterns = new Set<string>();
  for (const secret of secrets) {
    const value = secret.reveal();
    if (value === '') continue;
    patterns.add(Buffer.from(value).toString('latin1'));
    // A short encoded form would hide half of an innocent output.
    for (const form of formsOf(value)) if (form.length >= 4) patterns.add(Buffer.from(form).toString('latin1'));
  }
  return [...patterns].sort((a, b) => b.length - a.length);
}

function formsOf(value: string): string[] {
  const base64 = encodedInside(value);
  const url = encodeURIComponent(value);
  const quoted = [
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replace(/["$`\\]/g, '\\$&'),
    value.replace(/[^\w@%+=:,./-]/g, '\\$&'),
    JSON.stringify(value).slice(1, -1),
  ];
  return [
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll('%20', '+'),
    url.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    ...quoted,
    ...[value, ...quoted].map((form) => form.replace(/\r?\n/g, '\r\n')),
  ];
}

/**
 * The base64 of a value by itself and as part of a longer text, such as the `user:password` of a registry login:
 * there it may begin at any of three places in a group, and only the groups it fills alone are always the same.
 */
function encodedInside(value: string): string[] {
  const bytes = Buffer.from(value);
  const whole = bytes.toString('base64');
  const inside = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const first = shift === 0 ? 0 : 4;
    const groups = Math.floor((shift + bytes.length) / 3) * 4;
    return encoded.slice(first, groups);
  });
  return [whole, whole.replace(/=+$/, ''), ...inside.filter((form) => form.length >= 8)];
}

function regularExpression(patterns: readonly string[]): RegExp | undefined {
  if (patterns.length === 0) return undefined;
  // The longest first: an alternation takes the first that fits.
  return new RegExp(patterns.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

interface Pattern {
  readonly text: string;
  readonly fallback: Uint32Array;
}

/** For each length of a beginning of the text, the longest shorter beginning it also ends with (Knuth, Morris, Pratt). */
function fallbacks(text: string): Uint32Array {
  const table = new Uint32Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at++) {
    while (length > 0 && text[at] !== text[length]) length = table[length - 1] ?? 0;
    if (text[at] === text[length]) length++;
    table[at] = length;
  }
  return table;
}

/** Length of the longest end of the text, not before `from`, that is the beginning of a pattern but not all of it. */
function couldBegin(text: string, from: number, patterns: readonly Pattern[]): number {
  let longest = 0;
  for (const {text: pattern, fallback} of patterns) {
    let length = 0;
    for (let at = Math.max(from, text.length - pattern.length + 1); at < text.length; at++) {
      while (length > 0 && text[at] !== pattern[length]) length = fallback[length - 1] ?? 0;
      if (text[at] === pattern[length]) length++;
    }
    longest = Math.max(longest, length);
  }
  return longest;
}
