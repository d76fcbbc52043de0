/** Looking at nodes of the library. */

import {isScalar, type Node, type Pair} from 'yaml';

/** Is it this word, without quotes and tag? */
export function isPlain(node: Node | null, word: '<<' | '='): boolean {
  return isScalar(node) && node.value === word && node.type === 'PLAIN' && node.tag === undefined;
}

/** Is it a text in brackets with a question mark? To PyYAML that begins a key there. */
export function hasQuestionMark(node: unknown, isInBrackets: boolean | undefined): boolean {
  return isInBrackets === true && isScalar(node) && node.type === 'PLAIN' && String(node.value).includes('?');
}

/** `: value` without a question mark before it. */
export function isMissingKey({key, srcToken}: Pair<Node, Node | null>): boolean {
  const isEmpty = isScalar(key) && key.range?.[0] === key.range?.[1] && key.tag === undefined && !key.anchor;
  return isEmpty && srcToken?.start.every(({type}) => type !== 'explicit-key-ind') === true;
}
