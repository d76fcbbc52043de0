import {closeSync, fchmodSync, fsyncSync, openSync, writeSync} from 'node:fs';
import {rename, rm} from 'node:fs/promises';
import {ProblemError} from '../problem.ts';
import type {FileDraft} from '../tools.ts';
import {diskFull, freeBytes, unwritable} from './file-problem.ts';

/**
 * Pieces are written before `add` returns: whoever hands on what comes over a wire is held back by the disk then, and
 * nothing is piled up in memory.
 */
export async function beginFile(path: string, mode: number, bytes = 0): Promise<FileDraft> {
  let file: number | undefined;
  const attempt = async (work: () => void | Promise<void>) => {
    try {
      await work();
    } catch (error) {
      throw await unwritable(error, path);
    }
  };
  const close = () => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  let failure: unknown;
  await attempt(async () => {
    const room = await freeBytes(path);
    if (room && room.bytes < bytes) throw new ProblemError(await diskFull(path, bytes));
    await rm(path, {force: true});
    file = openSync(path, 'wx', 0o600);
  });
  return {
    add(bytes) {
      if (file === undefined || failure !== undefined) return;
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } catch (error) {
        failure = error;
      }
    },
    finish: () =>
      attempt(() => {
        if (failure !== undefined) throw failure;
        if (file === undefined) return;
        fchmodSync(file, mode);
        fsyncSync(file);
        close();
      }),
    async discard() {
      close();
      await rm(path, {force: true});
    },
  };
}

export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    throw await unwritable(error, to);
  }
}
