import {createReadStream, createWriteStream, readdirSync, rmSync, statSync} from 'node:fs';
import {rename} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {pack} from 'tar-stream';
import type {RunFolder} from './folder.ts';
import {unwritable} from './save-output.ts';

/**
 * One archive (tar.gz, 0600) for support: request, plan, facts, journal, report and all outputs, in which secrets
 * were replaced as they were written. Nothing else of the folder is taken: files made for machines may hold secrets.
 * Throws `file-unwritable`.
 */
export async function exportRun(run: RunFolder, file: string): Promise<void> {
  const draft = `${file}.part`;
  try {
    const tar = pack();
    const written = pipeline(tar, createGzip(), createWriteStream(draft, {mode: 0o600}));
    await Promise.all([written, addFiles(run, tar)]);
    await rename(draft, file);
  } catch (error) {
    rmSync(draft, {force: true});
    throw unwritable(file, error as NodeJS.ErrnoException);
  }
}

async function addFiles(run: RunFolder, tar: ReturnType<typeof pack>): Promise<void> {
  try {
    for (const name of exportedNames(run)) {
      const path = join(run.folder, name);
      const {size, mtime, mode} = statSync(path);
      const header = {name: `${run.run}/${name}`, size, mtime, mode: mode & 0o777};
      // A file may grow meanwhile; the archive says how long it was.
      if (size === 0) tar.entry(header, '');
      else await pipeline(createReadStream(path, {end: size - 1}), tar.entry(header));
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

function exportedNames(run: RunFolder): readonly string[] {
  const wanted = [run.request, run.plan, run.facts, run.journal, run.runner, run.runnerLog, run.report]
    .filter((path) => statSync(path, {throwIfNoEntry: false})?.isFile())
    .map((path) => path.slice(run.folder.length + 1));
  const outputs = statSync(run.output, {throwIfNoEntry: false}) ? readdirSync(run.output).sort() : [];
  return [...wanted, ...outputs.map((name) => `output/${name}`)];
}
