/** Checksums as machines compute them. */

import {createHash} from 'node:crypto';
import type {Answer} from '../machine-answer.ts';

/** What a machine computes checksums with. cksum finds accidents, and no intent. */
export type ChecksumTool = 'sha256sum' | 'openssl' | 'cksum';

/** Undefined where the machine did not say it. */
export function toolIn(answer: Answer): ChecksumTool | undefined {
  const tool = answer.first('tool');
  return tool === 'sha256sum' || tool === 'openssl' || tool === 'cksum' ? tool : undefined;
}

/** The checksum of each path that the machine told one of. */
export function checksumsIn(answer: Answer): ReadonlyMap<string, string> {
  const isCrc = toolIn(answer) === 'cksum';
  const line = isCrc ? /^(\d+ \d+) (.+)$/ : /^([0-9a-f]{64}) [ *](.+)$/;
  const found = new Map<string, string>();
  for (const said of answer.lines('sum')) {
    const [, checksum, path] = line.exec(said) ?? [];
    if (checksum !== undefined && path !== undefined) found.set(path, checksum);
  }
  return found;
}

/** As the machine would print it. */
export function checksumOf(bytes: Uint8Array, tool: ChecksumTool): string {
  return tool === 'cksum' ? `${crcOf(bytes)} ${bytes.length}` : sha256Of(bytes);
}

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The CRC of POSIX `cksum`: of the bytes, and of their number in as many bytes as it needs, the lowest first. */
export function crcOf(bytes: Uint8Array): number {
  let crc = 0;
  for (let at = 0; at < bytes.length; at++) crc = step(crc, bytes[at] ?? 0);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) crc = step(crc, length & 255);
  return ~crc >>> 0;
}

function step(crc: number, byte: number): number {
  return (crc << 8) ^ (table[((crc >>> 24) ^ byte) & 255] ?? 0);
}

/** Of the polynomial 0x04C11DB7. */
const table = Int32Array.from({length: 256}, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});
