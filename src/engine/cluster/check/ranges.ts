/** Ranges of IPv4 addresses. */

import {isIPv4} from 'node:net';

/** Both ends belong to it. */
export interface Range {
  readonly text: string;
  readonly first: number;
  readonly last: number;
}

/** '10.254.0.0/16', or one address; undefined for anything else. */
export function rangeOf(text: string): Range | undefined {
  const [address = '', length = '32', ...more] = text.trim().split('/');
  if (more.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const first = Math.floor(number / size) * size;
  return {text: text.trim(), first, last: first + size - 1};
}

export function overlap(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** Whether all of one lies in the other. */
export function isInside(inner: Range, outer: Range): boolean {
  return inner.first >= outer.first && inner.last <= outer.last;
}
