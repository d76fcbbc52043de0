import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

/** Writes a file of a host, with exactly this mode, whatever the umask of who runs the tests. */
export function put(file: string, text: string, mode = 0o644): void {
  putFolder(dirname(file));
  writeFileSync(file, text);
  chmodSync(file, mode);
}

/** Makes a folder of a host that is not there yet, and those above it. */
export function putFolder(folder: string, mode = 0o755): void {
  const first = mkdirSync(folder, {recursive: true});
  for (let made = folder; first?.length && made.length >= first.length; made = dirname(made)) chmodSync(made, mode);
}
