import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {withRules} from '../../src/engine/config/rules/page.ts';

test('docs/configuration.md says which rules there are (npm run docs writes them)', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(page).toBe(withRules(page));
});
