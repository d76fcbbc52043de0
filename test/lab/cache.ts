import {existsSync, readdirSync, rmSync, statfsSync, statSync, utimesSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** Where things are kept that take long to make and are the same for every checkout. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'pai-tui-lab');
}

/** Whether it is on overlayfs, on which another overlayfs cannot keep its changes. */
export function isOnOverlay(folder: string): boolean {
  return existsSync(folder) && statfsSync(folder).type === 0x794c7630;
}

/** Notes that a folder of the cache is in use, and removes those of its kind that nobody has asked for since yesterday. */
export function keepUsed(folder: string, prefix: string): void {
  utimesSync(folder, new Date(), new Date());
  for (const name of readdirSync(cacheFolder())) {
    const other = join(cacheFolder(), name);
    if (name.startsWith(prefix) && statSync(other).mtimeMs < Date.now() - 86_400_000)
      rmSync(other, {recursive: true, force: true});
  }
}
