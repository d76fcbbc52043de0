import stringWidth from 'string-width';

/** Text with SGR colours, cut into pieces: a colour change, or one character as a person sees it. */
export type Piece = ColourChange | Character;

interface ColourChange {
  readonly type: 'sgr';
  readonly text: string;
}

/** Text without colour changes. */
interface Stretch {
  readonly type: 'text';
  readonly text: string;
}

interface Character {
  readonly type: 'character';
  readonly text: string;
  readonly width: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal text is made of control characters.
const sgr = /\x1b\[[\d;:]*m/g;
const plainAscii = /^[\x20-\x7e]*$/;
// Joiners, soft hyphens, variation selectors: nobody sees them, and terminals disagree about the cells they take.
const joiners = /[\u2028\u2029]|\p{Default_Ignorable_Code_Point}/gu;
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
  /\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|\[(?![\d;:]*m)[0-?]*[ -/]*[@-~]?|(?!\[)[ -/]*[0-~]?)|[\x00-\x1a\x1c-\x1f\x7f-\x9f]/g;

/** The text without its colours. */
export function withoutSgr(text: string): string {
  return text.includes('\x1b') ? text.replace(sgr, '') : text;
}

/** The text with only printable characters and SGR colours left; tabs become spaces up to the next multiple of 8. */
export function printable(text: string): string {
  const expanded = text.includes('\t') ? expandTabs(text) : text;
  return expanded.replace(forbidden, '').replace(joiners, '');
}

/** True for text without colours of which every character surely takes one cell. */
export function isAscii(text: string): boolean {
  return plainAscii.test(text);
}

/** True for a character of which terminals, by age and make, disagree about the cells it takes: emoji, combined ones. */
export function isUnsure(character: string): boolean {
  return character.length > 1 || pictograph.test(character);
}

/** The text in ASCII alone, in as many cells: for terminals that cannot show more. */
export function asciiOnly(text: string): string {
  if (isAscii(text)) return text;
  let out = '';
  for (const piece of pieces(text)) out += piece.type === 'sgr' ? piece.text : asciiCharacter(piece.text, piece.width);
  return out;
}

/** A character, or what stands for it where only ASCII can be shown. */
export function asciiCharacter(character: string, width: number): string {
  return plainAscii.test(character) ? character : (asciiTwins[character] ?? '?').repeat(width);
}

const asciiTwins: Readonly<Record<string, string>> = {
  '…': '~',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '→': '>',
  '·': '-',
};

/** Cells the text takes on screen; colours take none, and keep what stands before them from joining what follows. */
export function cellWidth(text: string): number {
  const bare = withoutSgr(text);
  if (plainAscii.test(bare)) return bare.length;
  let width = 0;
  for (const {type, text: part} of stretches(text)) if (type === 'text') width += stretchWidth(part);
  return width;
}

function stretchWidth(text: string): number {
  if (plainAscii.test(text)) return text.length;
  let width = 0;
  for (const {segment} of segmenter.segment(text)) width += characterWidth(segment);
  return width;
}

/** Walks text with colours piece by piece, in order. */
export function* pieces(text: string): Generator<Piece> {
  for (const stretch of stretches(text)) {
    if (stretch.type === 'sgr') yield stretch;
    else yield* characters(stretch.text);
  }
}

/** Colour changes, and what stands between them. */
function stretches(text: string): readonly (ColourChange | Stretch)[] {
  if (!text.includes('\x1b')) return [{type: 'text', text}];
  const found: (ColourChange | Stretch)[] = [];
  let at = 0;
  for (const match of text.matchAll(sgr)) {
    if (match.index > at) found.push({type: 'text', text: text.slice(at, match.index)});
    found.push({type: 'sgr', text: match[0]});
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({type: 'text', text: text.slice(at)});
  return found;
}

/**
 * Cells [from, to) of a text with colours, starting with the colours in force there and ending without any.
 * A wide character cut in half becomes a space.
 */
export function sliceCells(text: string, from: number, to: number): string {
  let out = '';
  let colours = '';
  let opened = false;
  let x = 0;
  const take = (cells: string): void => {
    out += opened ? cells : colours + cells;
    opened = true;
  };
  for (const {type, text: part} of stretches(text)) {
    if (type === 'sgr') {
      colours = isReset(part) ? '' : colours + part;
      if (opened) out += part;
      continue;
    }
    if (x >= to) break;
    if (plainAscii.test(part)) {
      const cells = part.slice(Math.max(0, from - x), to - x);
      x += part.length;
      if (cells !== '') take(cells);
      continue;
    }
    for (const {text: character, width} of characters(part)) {
      const start = x;
      x += width;
      if (x <= from && !(width === 0 && opened)) continue;
      if (start >= to) break;
      if (start < from) take(' '.repeat(x - from));
      else take(x > to ? ' '.repeat(to - start) : character);
    }
  }
  return out.includes('\x1b') ? `${out}\x1b[0m` : out;
}

/** True for the SGR sequence that takes all colours back. */
export function isReset(sequence: string): boolean {
  return sequence === '\x1b[0m' || sequence === '\x1b[m';
}

/** Takes colours out of SGR sequences; bold, dim, underline and inverse stay. */
export function withoutColours(text: string): string {
  return text.replace(sgr, (sequence) => {
    const kept = attributesOnly(sequence.slice(2, -1));
    return kept === undefined ? '' : `\x1b[${kept}m`;
  });
}

const pictograph = /\p{Extended_Pictographic}/u;
const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

function* characters(text: string): Generator<Character> {
  if (plainAscii.test(text)) {
    for (const character of text) yield {type: 'character', text: character, width: 1};
    return;
  }
  for (const {segment} of segmenter.segment(text)) {
    yield {type: 'character', text: segment, width: characterWidth(segment)};
  }
}

function characterWidth(character: string): number {
  if (character.length === 1 && character >= ' ' && character <= '~') return 1;
  return Math.min(2, stringWidth(character));
}

function expandTabs(text: string): string {
  let out = '';
  let x = 0;
  for (const piece of pieces(text)) {
    if (piece.type === 'character' && piece.text === '\t') {
      const spaces = 8 - (x % 8);
      out += ' '.repeat(spaces);
      x += spaces;
    } else {
      out += piece.text;
      if (piece.type === 'character') x += piece.width;
    }
  }
  return out;
}

/** The SGR parameters that are no colours; undefined when nothing is left of a sequence that had some. */
function attributesOnly(parameters: string): string | undefined {
  const kept: string[] = [];
  const given = parameters.split(';');
  for (let i = 0; i < given.length; i++) {
    const number = Number.parseInt(given[i] || '0', 10);
    if (number === 38 || number === 48 || number === 58) {
      if (!given[i]?.includes(':')) i += given[i + 1] === '5' ? 2 : 4;
    } else if (number < 30 || (number >= 50 && number < 58)) {
      kept.push(String(number));
    }
  }
  return kept.length > 0 ? kept.join(';') : undefined;
}
