import {fileURLToPath} from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
/** The built program. */
export const mainFile = fileURLToPath(new URL('../dist/main.js', import.meta.url));
