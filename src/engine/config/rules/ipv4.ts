/** IPv4 addresses and ranges of them as numbers. */

export interface Range {
  readonly first: number;
  readonly last: number;
  /** Of its prefix: 16 in 10.0.0.0/16. */
  readonly bits: number;
  /** Whether the address before the / is the first of the range. */
  readonly isWhole: boolean;
}

/** As C reads it, whose rules the original tools had: 10.1, 0x0a000001 and 010.0.0.1 are addresses too. */
export function addressNumber(written: string): number | undefined {
  const parts = written.trim().split('.');
  if (parts.length > 4 || !parts.every((part) => /^(?:0x[0-9a-f]+|\d+)$/i.test(part))) return undefined;
  const numbers = parts.map((part) => (/^0\d+$/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = numbers.at(-1) ?? Number.NaN;
  const before = numbers.slice(0, -1);
  if (before.some((number) => !(number <= 255)) || !(last < 256 ** (4 - before.length))) return undefined;
  return before.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
}

export function addressText(number: number): string {
  return [3, 2, 1, 0].map((power) => Math.floor(number / 256 ** power) % 256).join('.');
}

/** Undefined for what is no address, a slash and a number of bits. */
export function rangeOf(written: string): Range | undefined {
  const [, network = '', prefix = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(written.trim()) ?? [];
  const number = network.split('.').length === 4 ? addressNumber(network) : undefined;
  const bits = Number(prefix);
  if (number === undefined || prefix === '' || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const first = Math.floor(number / size) * size;
  return {first, last: first + size - 1, bits, isWhole: first === number};
}

export function isWithin(address: number | undefined, {first, last}: Range): boolean {
  return address !== undefined && address >= first && address <= last;
}

export function doOverlap(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}
