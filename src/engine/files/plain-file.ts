import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';

/**
 * Opens what was a regular file when it was listed. Should it have become a link meanwhile, it is not followed (ELOOP);
 * should it have become a pipe, nobody waits for its other end.
 */
export function openPlainFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}
