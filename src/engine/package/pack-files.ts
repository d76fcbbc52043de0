/** A package as bytes on their way to a machine. */

import {Readable} from 'node:stream';
import {pack as createPack, type Pack} from 'tar-stream';
import {crcOf, sha256Of} from './checksums.ts';
import type {Package} from './types.ts';

/**
 * What the machine checks the files by, and one tar of them. It belongs to root, so that nobody of the machine who
 * happens to have our number owns anything, and its times are those of no clock.
 */
export async function packFiles(pack: Package): Promise<Readable> {
  const contents = await Promise.all(pack.files.map(async (file) => ({...file, bytes: await file.read()})));
  const lines = contents.map(({path, bytes}) => `${sha256Of(bytes)} ${crcOf(bytes)} ${bytes.length} ${path}\n`);
  const header = `${contents.length}\n${lines.join('')}`;
  const tar = createPack();
  for (const folder of foldersOf(pack)) tar.entry({name: `${folder}/`, type: 'directory', mode: 0o700, mtime: noTime});
  for (const {path, mode, bytes} of contents) {
    tar.entry({name: `${pack.job}/${path}`, mode, mtime: noTime}, Buffer.from(bytes));
  }
  tar.finalize();
  return Readable.from(chunks(header, tar), {objectMode: false});
}

const noTime = new Date(0);

async function* chunks(header: string, tar: Pack): AsyncGenerator<Uint8Array> {
  yield Buffer.from(header);
  for await (const chunk of tar as AsyncIterable<Uint8Array>) yield chunk;
}

/** Every folder of a package, those above before those below. */
function foldersOf({job, files}: Package): readonly string[] {
  const folders = new Set([job]);
  for (const {path} of files) {
    const parts = path.split('/').slice(0, -1);
    for (const index of parts.keys()) folders.add([job, ...parts.slice(0, index + 1)].join('/'));
  }
  return [...folders];
}
