import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {commands} from '../../src/cli/commands.ts';
import {helpText} from '../../src/cli/help.ts';
import {commandsPage} from '../../src/cli/page.ts';

test('docs/commands.md says what the table of commands says (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8')).toBe(commandsPage());
});

test('the help of every command fits 80 columns', () => {
  for (const about of ['', 'image', 'run', ...commands.map(({name}) => name)]) {
    const long = helpText(about)
      .split('\n')
      // The shape of a JSON document and an example are not wrapped: they are copied.
      .filter((line) => line.length > 80 && !/^ {2}(\{|pai-tui )/.test(line));
    expect(long).toEqual([]);
  }
});
