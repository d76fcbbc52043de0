/** Names with numbers in brackets: 'gpu[01-16]' written out, and lists of names written short. */

/** More than any cluster has; a slip such as [1-100000000] is told before memory is full of it. */
const mostNames = 10_000;

/** The names that a word with brackets stands for, or what is wrong with it as the rest of a sentence. */
export type WrittenOut =
  | {readonly names: readonly string[]; readonly wrong?: undefined}
  | {readonly wrong: string; readonly names?: undefined};

/**
 * 'gpu[01-04,07]' → gpu01, gpu02, gpu03, gpu04, gpu07. Any number of brackets; a range counts with as many digits as
 * its beginning has when that begins with 0. A word without brackets is itself.
 */
export function writeOut(word: string): WrittenOut {
  let names = [''];
  for (let at = 0; at < word.length; ) {
    const open = indexOr(word, '[', at);
    const plain = word.slice(at, open);
    if (plain.includes(']')) return {wrong: 'has a ] without a [ before it'};
    if (plain !== '') names = names.map((name) => name + plain);
    if (open === word.length) break;
    const close = word.indexOf(']', open);
    if (close < 0) return {wrong: 'has a [ without a ] after it'};
    const inside = word.slice(open + 1, close);
    const numbers = numbersOf(inside);
    if (typeof numbers === 'string') return {wrong: numbers};
    if (names.length * numbers.length > mostNames) return {wrong: `stands for more than ${mostNames} names`};
    names = names.flatMap((name) => numbers.map((number) => name + number));
    at = close + 1;
  }
  return {names};
}

function numbersOf(list: string): readonly string[] | string {
  const numbers: string[] = [];
  for (const item of list.split(',').map((text) => text.trim())) {
    const [, from, to] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(item) ?? [];
    if (from === undefined) return item === '' ? 'has empty brackets' : `has ${item} in brackets, which is no range`;
    const last = to ?? from;
    if (Number(last) < Number(from)) return `has the range ${item}, which runs backwards`;
    if (numbers.length + Number(last) - Number(from) >= mostNames) return `stands for more than ${mostNames} names`;
    const digits = isPadded(from) ? from.length : 0;
    for (let number = Number(from); number <= Number(last); number++) numbers.push(padded(number, digits));
  }
  return numbers;
}

/**
 * Names as a host list that stands for the same ones, as short as ranges make it: 'gpu[01-16],login1'. In the order of
 * the first name of each part. Names are told apart by their letters; numbers of ten digits and more count as such.
 */
export function foldHostNames(names: Iterable<string>): string {
  const whole = [...new Set(names)].map(partsOf);
  const most = Math.max(0, ...whole.map(({numbers}) => numbers.length));
  let folded: readonly Folded[] = whole;
  // The last number varies the most; what then has the same numbers there may vary in an earlier one.
  for (let place = most - 1; place >= 0; place--) folded = foldedAt(folded, place);
  return folded.map(written).join(',');
}

interface Folded {
  /** What stands before, between and after the numbers. */
  readonly texts: readonly string[];
  /** The numbers at each place, as written; every combination of them is a name. */
  readonly numbers: readonly (readonly string[])[];
}

function partsOf(name: string): Folded {
  const pieces = name.split(/((?<!\d)\d{1,9}(?!\d))/);
  return {
    texts: pieces.filter((_, index) => index % 2 === 0),
    numbers: pieces.filter((_, index) => index % 2 === 1).map((number) => [number]),
  };
}

function foldedAt(list: readonly Folded[], place: number): readonly Folded[] {
  const groups = new Map<string, {first: Folded; numbers: string[]}>();
  for (const item of list) {
    const key = JSON.stringify([item.texts, item.numbers.map((numbers, at) => (at === place ? '' : numbers))]);
    const group = groups.get(key);
    const here = item.numbers[place] ?? [];
    if (group) group.numbers.push(...here);
    else groups.set(key, {first: item, numbers: [...here]});
  }
  return [...groups.values()].map(({first, numbers}) => {
    const sorted = numbers.sort((a, b) => Number(a) - Number(b) || a.length - b.length);
    return {...first, numbers: first.numbers.map((own, at) => (at === place ? sorted : own))};
  });
}

function written({texts, numbers}: Folded): string {
  return texts.map((text, place) => text + (place < numbers.length ? ranges(numbers[place] ?? []) : '')).join('');
}

function ranges(numbers: readonly string[]): string {
  const runs: {from: string; to: string; next: string}[] = [];
  for (const number of numbers) {
    // Numbers of other widths may lie between two of one range: 1, 01, 2, 02.
    const run = runs.find(({next}) => next === number);
    const from = run?.from ?? number;
    const next = padded(Number(number) + 1, isPadded(from) ? from.length : 0);
    if (run) Object.assign(run, {to: number, next});
    else runs.push({from, to: number, next});
  }
  if (numbers.length === 1) return numbers[0] ?? '';
  return `[${runs.map(({from, to}) => (from === to ? from : `${from}-${to}`)).join(',')}]`;
}

function isPadded(number: string): boolean {
  return number.length > 1 && number.startsWith('0');
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

function indexOr(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from);
  return found < 0 ? text.length : found;
}
