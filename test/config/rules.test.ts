import {describe, expect, test} from 'vitest';
import {openConfig} from '../../src/engine/config/open.ts';
import {rules} from '../../src/engine/config/rules/table.ts';
import {fixture} from '../catalog/trees.ts';
import {brokenFolders, expectedOf, problemsOf, secretsOf} from './broken-folders.ts';

const folders = await brokenFolders();

describe('a configuration has exactly the problems that are written beside it', () => {
  test.each(folders)('%s', async (name) => {
    const expected = await expectedOf(name);
    expect(await problemsOf(name, expected)).toEqual(expected.problems);
  });
});

test('every rule is broken by some configuration, and has a name of its own', async () => {
  const all = await Promise.all(folders.map(expectedOf));
  const broken = new Set(all.flatMap(({problems}) => problems.flatMap(({rule}) => rule ?? [])));
  const names = rules.map(({name}) => name);
  expect(names.filter((name) => !broken.has(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('no problem shows a password, a token or another secret', async () => {
  for (const name of folders) {
    const secrets = await secretsOf(name);
    const {problems} = await expectedOf(name);
    for (const {message = '', hint = ''} of problems) {
      expect(secrets.filter((secret) => `${message} ${hint}`.includes(secret))).toEqual([]);
    }
  }
});

test.each(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'sample'])('config-%s breaks no rule', async (name) => {
  const era = name === 'sample' ? {} : {era: name.toUpperCase() as 'A'};
  const {problems} = await openConfig(fixture(`config-${name}`), era);
  expect(problems.filter(({severity}) => severity !== 'notice')).toEqual([]);
});
