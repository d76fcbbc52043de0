import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {brokenFolders, expectedOf} from './broken-folders.ts';
import {says, sentencesOf} from './sentences.ts';

const root = new URL('../../src/engine/config/', import.meta.url).pathname;

/** What openConfig is made of; other doors of the folder, and --python, have tests of their own. */
const ofOpenConfig =
  /^(?:(?:eras|object-model|rules|shapes)\/(?!page\.ts|module-calls\.ts|ran-modules\.ts).*|(?:check-shape|shape-scalars|era-of|sources|source-file|registry-checks|registry-section|yaml[\w-]*)\.ts)$/;

/** Calls whose texts, and keys whose values, are data: examples, where a value comes from, what a rule is about. */
const data = new Set([
  ...['needed', 'expected', 'optional', 'each', 'version', 'before', 'section', 'field'],
  ...['derived', 'fallback', 'same', 'pairsOf', 'of', 'which', 'holds'],
]);

/** Words that the program has for itself, and what only a file that vanishes or a program that lies can bring about. */
const unsaid = new Set([
  ...['as written, else address', 'as written, else host name', 'open to others', 'of different hosts'],
  ...['the list it is in', 'as the tools have it', 'derived from …', 'Source contains multiple documents'],
  ...['hostip of the first pai-master', 'hostip of the first machine with the dashboard'],
  ...['The group of administrators', 'The default group'],
  ...['it is not there', 'it is a folder', 'of an unknown error'],
]);

/** Asserted by parts, in tests of files that no checkout can hold, and of paths of node lists and storage. */
const assertedElsewhere = new Set([
  ...['… has more mistakes than can be listed.', 'This is nested too deeply to be a configuration.'],
  ...['is nested too deeply', 'The file … to be a configuration.'],
  ...['is no folder', 'Give the folder of the configuration files with --config DIR or PAI_CONFIG.'],
  ...['holds a password, which git would show to everybody on this computer'],
  ...['Take it out of the URL and let a credential helper of git know it.'],
  ...['Write the keys below …:, indented.'],
  ...['it must stay inside', 'Write it without / at its start and without ..'],
]);

test('every sentence about a configuration is said of some configuration, or in a test of its own', async () => {
  const expected = await Promise.all((await brokenFolders()).map(expectedOf));
  const said = expected.flatMap(({problems}) => problems.flatMap(({message = '', hint = ''}) => [message, hint]));
  const here = new URL('.', import.meta.url).pathname;
  const tests = readdirSync(here).filter((name) => name.endsWith('.test.ts') && !import.meta.url.endsWith(name));
  const asserted = tests.map((name) => readFileSync(join(here, name), 'utf8').replaceAll('\\`', '`'));
  const texts = [...said, ...asserted].join('\n');

  const files = readdirSync(root, {recursive: true}).map(String);
  const sentences = files
    .filter((file) => file.endsWith('.ts') && ofOpenConfig.test(file))
    .flatMap((file) => sentencesOf(file, readFileSync(join(root, file), 'utf8'), data));
  expect(sentences.length).toBeGreaterThan(300);
  const unheard = sentences.filter(
    (sentence) => !unsaid.has(sentence.text) && !assertedElsewhere.has(sentence.text) && !says(texts, sentence),
  );
  expect(unheard.map(({file, line, text}) => `${file}:${line} ${text}`)).toEqual([]);
});

test('a sentence that nobody says is found, with its line', () => {
  const source = [
    "import {a} from './a b.ts'; // 'not a text at all'",
    'const x = /["\'`]/.test(y) ? needed("an example of it") : z;',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is read as source
    'problem(`There are ${names.join(", and ")} too many.`, {hint: "Take some away."});',
  ].join('\n');
  const sentences = sentencesOf('x.ts', source, new Set(['needed']));
  expect(sentences.map(({line, text}) => `${line} ${text}`)).toEqual(['3 There are … too many.', '3 Take some away.']);
  expect(sentences.map((sentence) => says('There are 3 and 4 too many.', sentence))).toEqual([true, false]);
});
