import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {build, type Plugin} from 'esbuild';
import fc from 'fast-check';
import {type ComponentType, createElement, type ReactNode} from 'react';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {keptBetweenFrames} from '../../scripts/ink-between-frames.ts';

/** What Ink puts a frame together with. */
interface Output {
  write(x: number, y: number, text: string, options: {transformers: readonly Transformer[]}): void;
  clip(clip: Clip): void;
  unclip(): void;
  get(): {output: string; height: number};
}
type Transformer = (line: string, index: number) => string;
interface Clip {
  readonly x1?: number | undefined;
  readonly x2?: number | undefined;
  readonly y1?: number | undefined;
  readonly y2?: number | undefined;
}
interface InkParts {
  readonly Output: new (size: {width: number; height: number}) => Output;
  readonly Text: ComponentType<Record<string, unknown>>;
  readonly Box: ComponentType<Record<string, unknown>>;
  readonly renderToString: (node: ReactNode, options: {columns: number}) => string;
}

const ink = resolve(import.meta.dirname, '../../node_modules/ink/build');
let folder: string;
let asItIs: InkParts;
let asShipped: InkParts;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pai-ink-'));
  asItIs = await bundled('as-it-is.mjs', []);
  asShipped = await bundled('as-shipped.mjs', [keptBetweenFrames]);
});
afterAll(() => rmSync(folder, {recursive: true}));

async function bundled(name: string, plugins: Plugin[]): Promise<InkParts> {
  const outfile = join(folder, name);
  await build({
    stdin: {
      contents: `export {default as Output} from '${ink}/output.js'; export {Box, Text, renderToString} from '${ink}/index.js';`,
      resolveDir: ink,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    alias: {'react-devtools-core': 'react'},
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    plugins,
  });
  return await import(outfile);
}

const line = fc
  .array(
    fc.constantFrom(
      'a',
      'xyz',
      ' ',
      '  ',
      '漢',
      '👩‍💻',
      '\x1b[31m',
      '\x1b[1m',
      '\x1b[7m',
      '\x1b[0m',
      '\x1b[39m',
      'é',
      '│',
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));
const write = fc.record({
  x: fc.integer({min: -2, max: 14}),
  y: fc.integer({min: -2, max: 6}),
  text: fc.array(line, {minLength: 1, maxLength: 4}).map((lines) => lines.join('\n')),
  loud: fc.boolean(),
});
const bound = fc.option(fc.integer({min: 0, max: 14}), {nil: undefined});
const step = fc.oneof(
  {weight: 4, arbitrary: write.map((one) => ({type: 'write' as const, ...one}))},
  {
    weight: 1,
    arbitrary: fc.record({x1: bound, x2: bound, y1: bound, y2: bound}).map((clip) => ({type: 'clip' as const, clip})),
  },
  {weight: 1, arbitrary: fc.constant({type: 'unclip' as const})},
);
const loud: Transformer = (text) => text.toUpperCase();

/** Frames of which each changes one step of the one before, as screens do: wholly, or only how or where it is written. */
const frames = fc
  .record({
    first: fc.array(step, {maxLength: 8}),
    changes: fc.array(
      fc.record({
        at: fc.nat(7),
        how: fc.constantFrom('other', 'loud', 'moved', 'clipped'),
        other: step,
        width: fc.constantFrom(12, 12, 12, 9),
      }),
      {maxLength: 5},
    ),
  })
  .map(({first, changes}) => {
    const all = [{steps: first, width: 12}];
    for (const {at, how, other, width} of changes) {
      const steps = (all.at(-1)?.steps ?? []).slice();
      const index = Math.min(at, steps.length);
      const one = steps[index];
      if (how === 'loud' && one?.type === 'write') steps[index] = {...one, loud: !one.loud};
      else if (how === 'moved' && one?.type === 'write') steps[index] = {...one, x: one.x + 1};
      else if (how === 'clipped' && one?.type === 'clip') steps[index] = {...one, clip: {...one.clip, x2: 5}};
      else steps[index] = other;
      all.push({steps, width});
    }
    return all;
  });

test('a frame is the same whether rows of the one before are kept or not', () => {
  fc.assert(
    fc.property(frames, (all) => {
      for (const {steps, width} of all) {
        const draw = ({Output}: InkParts) => {
          const output = new Output({width, height: 5});
          for (const one of steps) {
            if (one.type === 'write') output.write(one.x, one.y, one.text, {transformers: one.loud ? [loud] : []});
            else if (one.type === 'clip') output.clip(one.clip);
            else output.unclip();
          }
          return output.get();
        };
        expect(draw(asShipped)).toEqual(draw(asItIs));
      }
    }),
    {numRuns: 1000},
  );
});

test('texts keep their colours, in boxes with a background too', () => {
  const draw = ({Text, Box, renderToString}: InkParts, word: string) =>
    renderToString(
      createElement(
        Box,
        {flexDirection: 'column', backgroundColor: 'blue'},
        createElement(Text, {bold: true}, word),
        createElement(Text, {color: 'red'}, `${word}\t\x1b[32mgreen\x1b[0m`),
        createElement(Box, {backgroundColor: 'plain'}, createElement(Text, {wrap: 'truncate-end'}, word)),
        createElement(Text, null, 'plain'),
      ),
      {columns: 20},
    );
  for (const word of ['one', 'two', 'one', 'a longer text that is cut somewhere']) {
    expect(draw(asShipped, word)).toBe(draw(asItIs, word));
  }
});
