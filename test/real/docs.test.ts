import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest';
import {docBlocks} from '../helpers/doc-blocks.ts';
import {type DocReader, docReader} from '../helpers/doc-reader.ts';

const real = inject('realEngine');

describe.skipIf(!real)('what the pages say to type with an engine', () => {
  let reader: DocReader;
  beforeAll(async () => {
    reader = await docReader({DOCKER_HOST: `unix://${real?.socket}`}, String(real?.registry));
    // Pages build before they push, and may be read in any order.
    const {code, said} = await reader.types('pai-tui image build -s ~/pai --yes\n');
    expect(code, said).toBe(0);
  }, 120_000);
  afterAll(() => reader.leave());

  it.each(
    docBlocks()
      .filter(({runs}) => runs === 'on an engine')
      .map(({place, text}) => [place, text]),
  )('works: %s', async (_place, text) => {
    const {code, said} = await reader.types(text);
    expect(code, said).toBe(0);
    expect(said.trim()).not.toBe('');
  });
});
