import {existsSync, statfsSync} from 'node:fs';
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
