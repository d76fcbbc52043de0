/** What a template is refused for before it is rendered although Jinja2 might render it. Real ones are far below. */

/** What a scope knows is looked through for each tag in it: with many more that takes minutes. */
export const mostTags = 3000;

/** Variables that are written into the code once for each include. */
export const mostHandedOn = 100_000;

/** Tags, brackets and operators inside each other. Python's own parser gives up at about as many brackets. */
export const deepest = 200;

export const limitWords = {
  tags: `A template can have ${mostTags} tags at most.`,
  handedOn: 'Too many variables are handed on to other templates.',
  depth: 'This is nested too deeply.',
};

/** What to do about a refusal with these words. */
export function hintFor(words: string): string {
  return Object.values(limitWords).includes(words)
    ? 'Make several smaller templates of it. The limit is one of pai-tui; Jinja2 may render it.'
    : 'Mend the template at this place; Jinja2 refuses it too.';
}
