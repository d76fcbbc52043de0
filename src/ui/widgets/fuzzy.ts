/**
 * How well a text answers what was typed: undefined when its letters are not all there in order, else a score
 * (more is better). Letters that begin words and letters in a row count for more.
 */
export function fuzzyScore(typed: string, text: string): number | undefined {
  const wanted = [...typed.toLowerCase().replaceAll(/\s+/g, '')];
  const inText = text.toLowerCase();
  const places = placesOf(wanted, inText, bestPlace) ?? placesOf(wanted, inText, firstPlace);
  if (places === undefined) return undefined;
  let score = -inText.length / 100;
  for (const [index, at] of places.entries()) {
    score += at === (places[index - 1] ?? -2) + 1 ? 5 : beginsWord(inText, at) ? 3 : 1;
  }
  return score;
}

/** The items that answer what was typed, best first; all of them in their order when nothing was typed. */
export function fuzzyFind<Item>(
  typed: string,
  items: readonly Item[],
  textOf: (item: Item) => string,
): readonly Item[] {
  if (typed.trim() === '') return items;
  return items
    .map((item) => ({item, score: fuzzyScore(typed, textOf(item))}))
    .filter((entry): entry is {item: Item; score: number} => entry.score !== undefined)
    .sort((a, b) => b.score - a.score)
    .map((entry) => entry.item);
}

type Place = (text: string, letter: string, from: number) => number;

function placesOf(letters: readonly string[], text: string, place: Place): readonly number[] | undefined {
  const places: number[] = [];
  let from = 0;
  for (const letter of letters) {
    const at = place(text, letter, from);
    if (at === -1) return undefined;
    places.push(at);
    from = at + 1;
  }
  return places;
}

/** The letter next in the row if it is there, else one that begins a word, else the first. */
function bestPlace(text: string, letter: string, from: number): number {
  if (from > 0 && text[from] === letter) return from;
  for (let at = text.indexOf(letter, from); at !== -1; at = text.indexOf(letter, at + 1)) {
    if (beginsWord(text, at)) return at;
  }
  return text.indexOf(letter, from);
}

function firstPlace(text: string, letter: string, from: number): number {
  return text.indexOf(letter, from);
}

function beginsWord(text: string, at: number): boolean {
  return at === 0 || /[\s\-_/:.]/.test(text[at - 1] ?? ' ');
}
