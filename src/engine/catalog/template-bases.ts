/** The FROM lines of a Dockerfile that is still a template. */

import type {Reference} from './dockerfile.ts';

/**
 * The bases as far as they are literal. `FROM {{ namespace }}/base-image` gives `{…}/base-image`: which image of the
 * tree that is can be told although its namespace is not known yet. A name that is a mark itself is left out.
 */
export function templateBases(text: string): Reference[] {
  const references: Reference[] = [];
  const stages = new Set<string>();
  for (const [index, raw] of text.split('\n').entries()) {
    if (!/^\s*FROM\s/i.test(raw)) continue;
    const line = raw.replace(/\{\{.*?\}\}/g, '{…}').replace(/\{[%#].*?[%#]\}/g, '');
    const words = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .filter((word) => !word.startsWith('--'));
    const [base = ''] = words;
    const isLiteral =
      /^[A-Za-z0-9{][^\s"'$]*$/.test(base) && !/[{}%]/.test(base.slice(base.lastIndexOf('/') + 1).split(':')[0] ?? '');
    if (isLiteral && base !== 'scratch' && !stages.has(base.toLowerCase())) {
      references.push({reference: base, line: index + 1, by: 'FROM'});
    }
    if (words[1]?.toUpperCase() === 'AS' && words[2]) stages.add(words[2].toLowerCase());
  }
  return references;
}
