/// <reference path="../../../node_modules/node-pty/node-pty.d.ts" />

// node-pty is installed under an alias, and its types only know the other name.
declare module 'node-pty' {
  export * from '@lydell/node-pty';
}
