/** Names as people type them, and foreign text as it may be shown. */

/** The known names most like the wanted one, best first; none when nothing is close. */
export function nearestNames(wanted: string, known: Iterable<string>, most = 3): string[] {
  const typed = wanted.toLowerCase().slice(0, longestCompared);
  // Two slips in a short name, more in a long one, never so many that anything fits.
  const bound = Math.max(1, Math.min(4, Math.floor(typed.length / 3)));
  return [...new Set(known)]
    .map((name) => ({name, distance: likeness(typed, name.toLowerCase().slice(0, longestCompared))}))
    .filter(({distance}) => distance <= bound)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({name}) => name);
}

/**
 * The known name that a word is meant to be, when it is so near that it can hardly be another word: one slip, two from
 * eight letters on, or a difference in case and in - and _ alone.
 */
export function slipOf(word: string, known: Iterable<string>): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');
  const typed = word.slice(0, longestCompared);
  const bound = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
  return [...new Set(known)]
    .filter((name) => name !== word)
    .map((name) => {
      if (plain(name) === plain(typed)) return {name, distance: 0};
      const isFar = Math.abs(name.length - typed.length) > bound;
      return {name, distance: isFar ? Number.POSITIVE_INFINITY : editDistance(typed, name)};
    })
    .filter(({distance}) => distance <= bound)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))[0]?.name;
}

/**
 * Foreign text (of trees, configurations, engines, registries) made safe for one line of a screen or a message:
 * escape sequences, control characters, and marks that turn or hide text are gone; line ends and tabs become a space.
 */
export function displayText(text: string): string {
  return text
    .replace(escapeSequences, '')
    .replace(/[\t\n\r\v\f\u0085\u2028\u2029]+/g, ' ')
    .replace(unseenCharacters, '')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

const longestCompared = 100;

/** Edits between two names; a part of a name counts as close ("portal" for "webportal"). */
function likeness(typed: string, name: string): number {
  const edits = editDistance(typed, name);
  const isPart = typed.length >= 3 && (name.includes(typed) || (name.length >= 3 && typed.includes(name)));
  return isPart ? Math.min(edits, 1) : edits;
}

/** Insertions, deletions, replacements, and neighbours that changed places (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({length: b.length + 1}, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + same);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

// OSC, DCS, SOS, PM and APC with their text up to the terminator; CSI; then every other escape of two or three
// characters. In 7-bit and 8-bit form (ECMA-48). An unfinished one takes what is there.
const escapeSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;

// C0, DEL, C1; soft hyphen; bidirectional marks, embeddings, overrides and isolates; zero-width space and no-break
// space; invisible operators; tag characters. The zero-width joiner stays: emoji are made with it.
const unseenCharacters =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
