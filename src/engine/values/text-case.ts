/** Methods of texts about letters and kinds of characters. */

import {isBlank} from './blank.ts';
import {plain, type TextMethods} from './text-method.ts';

export const caseMethods: TextMethods = {
  upper: plain((text) => text.toUpperCase()),
  lower: plain(lower),
  casefold: plain((text) => [...text].map((character) => character.toUpperCase().toLowerCase()).join('')),
  capitalize: plain(capitalized),
  title: plain((text) => {
    let wasLetter = false;
    let titled = '';
    for (const character of text) {
      titled += wasLetter ? character.toLowerCase() : titleCase(character);
      wasLetter = /\p{Cased}/u.test(character);
    }
    return titled;
  }),
  swapcase: plain((text) =>
    [...text].map((letter) => (/\p{Uppercase}/u.test(letter) ? letter.toLowerCase() : letter.toUpperCase())).join(''),
  ),
  isupper: plain(isUpper),
  islower: plain(isLower),
  istitle: plain(isTitle),
  isspace: plain(isBlank),
  isalpha: plain((text) => /^\p{L}+$/u.test(text)),
  isdecimal: plain((text) => /^\p{Nd}+$/u.test(text)),
  isdigit: plain((text) => /^[\p{Nd}²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒]+$/u.test(text)),
  isnumeric: plain((text) => /^\p{N}+$/u.test(text)),
  isalnum: plain((text) => /^[\p{L}\p{N}]+$/u.test(text)),
  isascii: plain((text) => [...text].every((character) => character < '\x80')),
  isprintable: plain((text) => [...text].every((character) => character === ' ' || !/[\p{C}\p{Z}]/u.test(character))),
  isidentifier: plain((text) => /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(text)),
};

export function lower(text: string): string {
  return text.toLowerCase();
}

/** The first letter large, the others small. */
function capitalized(text: string): string {
  const [first = '', ...rest] = text;
  return titleCase(first) + rest.join('').toLowerCase();
}

/** Digraphs such as ǆ have a form of their own with only the first part large; ß becomes Ss. */
function titleCase(character: string): string {
  const upper = character.toUpperCase();
  const digraph = digraphs[upper];
  if (digraph !== undefined) return digraph;
  const [first = '', ...rest] = upper;
  return first + rest.join('').toLowerCase();
}

const digraphs: Readonly<Record<string, string>> = {Ǆ: 'ǅ', Ǉ: 'ǈ', Ǌ: 'ǋ', Ǳ: 'ǲ'};

export function isUpper(text: string): boolean {
  return /\p{Uppercase}/u.test(text) && !/\p{Lowercase}|\p{Lt}/u.test(text);
}

export function isLower(text: string): boolean {
  return /\p{Lowercase}/u.test(text) && !/\p{Uppercase}|\p{Lt}/u.test(text);
}

function isTitle(text: string): boolean {
  let wasCased = false;
  let isCased = false;
  for (const character of text) {
    const isLarge = /\p{Uppercase}|\p{Lt}/u.test(character);
    const isSmall = /\p{Lowercase}/u.test(character);
    if ((isLarge && wasCased) || (isSmall && !wasCased)) return false;
    wasCased = isLarge || isSmall;
    isCased ||= wasCased;
  }
  return isCased;
}
