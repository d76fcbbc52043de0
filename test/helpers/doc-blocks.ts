import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** One ```sh block of a page. */
export interface DocBlock {
  /** docs/images.md:31 */
  readonly place: string;
  readonly text: string;
  /** As the words after `sh` say; a block without them is only looked at. */
  readonly runs: 'no' | 'anywhere' | 'on an engine';
}

/** Every ```sh block of README.md and docs/*.md, in order. */
export function docBlocks(): readonly DocBlock[] {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
  return pages.filter((page) => page.endsWith('.md')).flatMap((page) => blocksOf(page, join(root, page)));
}

/** The commands of a block, without comments. */
export function commandsOf({text}: DocBlock): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function blocksOf(page: string, file: string): DocBlock[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```sh\b(.*)\n([\s\S]*?)^```$/gm)].map(({index, 1: words = '', 2: block = ''}) => {
    const line = text.slice(0, index).split('\n').length;
    const runs = /\brunnable engine\b/.test(words) ? 'on an engine' : /\brunnable\b/.test(words) ? 'anywhere' : 'no';
    return {place: `${page}:${line}`, text: block, runs};
  });
}
