// Writes the tables of rules into docs/configuration.md (npm run docs). Node reads the TypeScript as it is.
import {readFileSync, writeFileSync} from 'node:fs';
import {withRules} from '../src/engine/config/rules/page.ts';

const page = new URL('../docs/configuration.md', import.meta.url);
const written = withRules(readFileSync(page, 'utf8'));
if (written === undefined) throw new Error('docs/configuration.md has no place for the rules.');
writeFileSync(page, written);
