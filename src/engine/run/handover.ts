import type {Readable} from 'node:stream';
import {fittingJson} from '../json.ts';
import {ProblemError} from '../problem.ts';
import {Secret} from '../secret.ts';
import type {Clock} from '../tools.ts';
import {secretTexts} from './checks.ts';

/** Secrets as bytes for the runner's stdin: their length in eight hexadecimal digits, then JSON of names and values. */
export function packSecrets(secrets: ReadonlyMap<string, Secret>): Buffer {
  const body = Buffer.from(JSON.stringify(Object.fromEntries([...secrets].map(([name, s]) => [name, s.reveal()]))));
  return Buffer.concat([Buffer.from(body.length.toString(16).padStart(8, '0')), body]);
}

/**
 * Reads what `packSecrets` made. A short read (whoever started us died while writing) throws `secret-missing`:
 * half a password must never be tried.
 */
export async function readSecrets(input: Readable, clock: Clock, deadlineMs = 30_000): Promise<Map<string, Secret>> {
  const ended = new AbortController();
  const late = clock.sleep(deadlineMs, ended.signal).then(
    () => input.destroy(new Error('nothing came within the deadline')),
    () => {},
  );
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array));
  } catch (error) {
    throw missing(error);
  } finally {
    ended.abort();
    await late;
  }
  const bytes = Buffer.concat(chunks);
  const length = /^[0-9a-f]{8}$/.test(bytes.subarray(0, 8).toString('latin1'))
    ? Number.parseInt(bytes.subarray(0, 8).toString('latin1'), 16)
    : Number.NaN;
  if (bytes.length !== 8 + length) throw missing();
  const values = fittingJson(secretTexts, bytes.subarray(8).toString('utf8'));
  if (values === undefined) throw missing();
  return new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
}

function missing(cause?: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'secret-missing',
      message: 'The program that started this run went away before it had handed over the secrets.',
      hint: 'Nothing was changed. `pai-tui run resume` asks for them again.',
    },
    {cause},
  );
}
