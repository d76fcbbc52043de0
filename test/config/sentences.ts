/** The texts of a TypeScript file that are shown to people: what its problems can say. */

export interface Sentence {
  readonly file: string;
  readonly line: number;
  /** As it stands there, with … for what is filled in. */
  readonly text: string;
}

const gap = '…';

/** Every text of two words or more, except of those that are an argument of a call in `data` or the value of a key in it. */
export function sentencesOf(file: string, source: string, data: ReadonlySet<string>): readonly Sentence[] {
  const scan: Scan = {source, at: 0, file, data, inside: [], found: []};
  code(scan, undefined);
  return scan.found.filter(({text}) => /[A-Za-z]\S* .*[a-z]{2}/.test(text.replaceAll(gap, 'x')));
}

/** Whether some text is this sentence, with anything filled in. */
export function says(texts: string, {text}: Sentence): boolean {
  const parts = text.split(gap).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.*')).test(texts);
}

interface Scan {
  readonly source: string;
  at: number;
  readonly file: string;
  readonly data: ReadonlySet<string>;
  /** The name before each bracket that is open. */
  readonly inside: string[];
  readonly found: Sentence[];
}

/** Reads until the bracket that closes what is read, or the end. */
function code(scan: Scan, closing: string | undefined): void {
  const {source} = scan;
  while (scan.at < source.length) {
    const rest = source.slice(scan.at, scan.at + 2);
    const character = rest[0] ?? '';
    if (rest === '//') scan.at = lineEnd(scan);
    else if (rest === '/*') scan.at = source.indexOf('*/', scan.at) + 2;
    else if (character === "'" || character === '"') quoted(scan, character);
    else if (character === '`') template(scan);
    else if (character === '/' && beginsRegex(scan)) regex(scan);
    else if (character in brackets) {
      scan.inside.push(character === '(' ? nameBefore(scan) : '');
      scan.at++;
      code(scan, brackets[character]);
      scan.inside.pop();
    } else {
      scan.at++;
      if (character === closing) return;
    }
  }
}

const brackets: Readonly<Record<string, string>> = {'(': ')', '[': ']', '{': '}'};

function quoted(scan: Scan, quote: string): void {
  const begin = scan.at;
  let text = '';
  for (scan.at++; scan.source[scan.at] !== quote; scan.at++) {
    if (scan.source[scan.at] === '\\') scan.at++;
    text += scan.source[scan.at];
  }
  scan.at++;
  note(scan, begin, text);
}

function template(scan: Scan): void {
  const begin = scan.at;
  let text = '';
  scan.at++;
  while (scan.source[scan.at] !== '`') {
    if (scan.source.startsWith('${', scan.at)) {
      scan.at += 2;
      scan.inside.push('');
      code(scan, '}');
      scan.inside.pop();
      text += gap;
      continue;
    }
    if (scan.source[scan.at] === '\\') scan.at++;
    text += scan.source[scan.at++];
  }
  scan.at++;
  note(scan, begin, text);
}

function note({source, file, data, inside, found}: Scan, begin: number, text: string): void {
  const [, key = ''] = /([\w-]+)'?:\s+$/.exec(source.slice(Math.max(0, begin - 40), begin)) ?? [];
  if (data.has(key) || inside.some((name) => data.has(name))) return;
  const before = source.slice(0, begin);
  // A type, a path of a module, a case.
  if (/(?:from|case|import) $/.test(before)) return;
  found.push({file, line: before.split('\n').length, text});
}

function nameBefore({source, at}: Scan): string {
  return /([\w$]+)$/.exec(source.slice(Math.max(0, at - 60), at))?.[1] ?? '';
}

function beginsRegex({source, at}: Scan): boolean {
  return /(?:[(,=:[!&|?{};\n]|return|=>)\s*$/.test(source.slice(Math.max(0, at - 20), at));
}

function regex(scan: Scan): void {
  let inClass = false;
  for (scan.at++; inClass || scan.source[scan.at] !== '/'; scan.at++) {
    const character = scan.source[scan.at];
    if (character === '\\') scan.at++;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
  }
  scan.at++;
}

function lineEnd({source, at}: Scan): number {
  const end = source.indexOf('\n', at);
  return end === -1 ? source.length : end;
}
