/** Files of a tree that are sent as they are. */

import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {sha256Of} from './checksums.ts';
import type {PackageFile} from './types.ts';

/** Bytes; a script has some kilobytes, and what is larger than this belongs into an image. */
const largestCopied = 64 * 1024 * 1024;

/** Its mode, size and digest; the content is read again when it is sent. Throws `file-unreadable`. */
export async function readCopied(file: string): Promise<Pick<PackageFile, 'mode' | 'size' | 'digest' | 'read'>> {
  const {bytes, mode} = await readWhole(file);
  const digest = sha256Of(bytes);
  return {
    mode,
    size: bytes.length,
    digest,
    async read() {
      const {bytes: now} = await readWhole(file);
      if (sha256Of(now) === digest) return now;
      throw new ProblemError({
        code: 'plan-changed',
        message: `${displayText(file)} is no longer as it was when it was shown.`,
        hint: 'Start again, and look at what would be sent.',
        file,
      });
    },
  };
}

async function readWhole(file: string): Promise<{readonly bytes: Buffer; readonly mode: number}> {
  try {
    // Opening a pipe would wait for its other end.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) throw unreadable(file, facts.isDirectory() ? 'it is a folder' : 'it is no regular file');
      if (facts.size > largestCopied) throw unreadable(file, `it is too large to be sent (${facts.size} bytes)`);
      return {bytes: await handle.readFile(), mode: facts.mode & 0o777};
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const known = {ENOENT: 'it is not there', ENOTDIR: 'it is not there', EACCES: 'permission denied'}[code];
    throw unreadable(file, known ?? code);
  }
}

function unreadable(file: string, because: string): ProblemError {
  return new ProblemError({
    code: 'file-unreadable',
    message: `${displayText(file)} cannot be read: ${because}.`,
    hint: `Look at it with: ls -la ${displayText(file)}`,
    file,
  });
}
