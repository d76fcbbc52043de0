import {Lexer} from 'yaml';

/** What the library's lexer puts before every scalar that has no quotes. */
const scalarMark = '\u001f';

/** The line of the first tab where PyYAML takes only spaces: between words, and in a text without quotes. */
export function misplacedTab(text: string): number | undefined {
  if (!text.includes('\t')) return undefined;
  let line = 1;
  let before = '';
  let isBlockNext = false;
  for (const token of new Lexer().lex(text)) {
    const isUnquoted = before === scalarMark;
    const mayHoldTabs = isUnquoted ? isBlockNext : !/^[ \t]+$/.test(token);
    const tab = mayHoldTabs ? -1 : token.indexOf('\t');
    if (tab >= 0) return line + lineEnds(token.slice(0, tab));
    if (isUnquoted) isBlockNext = false;
    else if (/^[|>]/.test(token)) isBlockNext = true;
    line += lineEnds(token);
    before = token;
  }
  return undefined;
}

function lineEnds(text: string): number {
  return text.split('\n').length - 1;
}
