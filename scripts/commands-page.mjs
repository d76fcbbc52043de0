// Writes docs/commands.md from the table of commands (npm run docs). Node reads the TypeScript as it is.
import {writeFileSync} from 'node:fs';
import {commandsPage} from '../src/cli/page.ts';

writeFileSync(new URL('../docs/commands.md', import.meta.url), commandsPage());
