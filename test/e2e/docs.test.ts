import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {commandsOf, docBlocks} from '../helpers/doc-blocks.ts';
import {type DocReader, docReader} from '../helpers/doc-reader.ts';

let reader: DocReader;
beforeAll(async () => {
  reader = await docReader({DOCKER_HOST: 'unix:///nonexistent/docker.sock'});
});
afterAll(() => reader.leave());

const blocks = docBlocks();

it('finds commands in the pages', () => {
  expect(blocks.filter(({runs}) => runs === 'anywhere')).not.toEqual([]);
  expect(blocks.filter(({runs}) => runs === 'on an engine')).not.toEqual([]);
});

describe('what the pages say to type without an engine', () => {
  it.each(blocks.filter(({runs}) => runs === 'anywhere').map(({place, text}) => [place, text]))(
    'works: %s',
    async (_place, text) => {
      const {code, said} = await reader.types(text);
      expect(code, said).toBe(0);
      expect(said.trim()).not.toBe('');
    },
  );
});

it('names only commands and flags that there are', async () => {
  const commands = blocks
    .flatMap((block) => commandsOf(block))
    .filter((command) => command.startsWith('pai-tui ') && !command.includes('|'));
  const words = commands.map((command) => {
    const [, ...all] = command.split(' ');
    const flags = all.filter((word) => word.startsWith('--')).map((word) => word.replace(/=.*/, ''));
    return {
      command: all
        .filter((word) => /^[a-z][a-z0-9-]*$/.test(word))
        .slice(0, 2)
        .join(' '),
      flags,
    };
  });
  const known = new Map<string, string>();
  for (const {command} of words) {
    if (known.has(command)) continue;
    const {code, said} = await reader.types(`pai-tui ${command} --help\n`);
    expect(code, `${command}: ${said}`).toBe(0);
    known.set(command, said);
  }
  for (const {command, flags} of words) for (const flag of flags) expect(known.get(command), command).toContain(flag);
});
