import {basename} from 'node:path';

/** How an editor is told which line; absent for one that is not known, which gets the file alone. */
type LineForm = 'plus' | 'goto' | 'colon';

const lineForms: readonly (readonly [names: RegExp, form: LineForm])[] = [
  [/^(g?vi|g?vim|nvim|view|ex|nano|rnano|pico|emacs.*|micro|kak|joe|jed|ne|mg|mcedit|gedit|zile)$/, 'plus'],
  [/^(code|code-insiders|codium|vscodium|cursor)$/, 'goto'],
  [/^(hx|helix|subl|zed)$/, 'colon'],
];

/** Editors that return at once unless they are told to wait until the file is closed. */
const returnsAtOnce = /^(code|code-insiders|codium|vscodium|cursor|subl|zed)$/;

/** The command that opens a file at a line, given the words of the editor's own command. */
export function editorArguments(
  [program, ...given]: readonly [string, ...string[]],
  file: string,
  line: number | undefined,
): readonly [string, ...string[]] {
  // vim.basic, emacs-29.1
  const name = basename(program).replace(/\..*$/, '');
  const waits = !returnsAtOnce.test(name) || given.some((word) => word === '--wait' || word === '-w');
  const words: readonly [string, ...string[]] = [program, ...given, ...(waits ? [] : ['--wait'])];
  if (line === undefined) return [...words, file];
  switch (lineForms.find(([names]) => names.test(name))?.[1]) {
    case 'plus':
      return [...words, `+${line}`, file];
    case 'goto':
      return [...words, '-g', `${file}:${line}`];
    case 'colon':
      return [...words, `${file}:${line}`];
    case undefined:
      return [...words, file];
  }
}
