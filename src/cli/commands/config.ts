import type {Command} from './command.ts';
import {textFlags} from './common.ts';

export const configCommands: readonly Command[] = [
  {
    name: 'config check',
    flags: ['config', 'source', ...textFlags],
    about: 'Every mistake of a configuration at once: where it is, and what to write instead.',
    more: [
      'A configuration of any release is understood. With a tree it is read as the tools of that tree read it, with the defaults of its components; without one, as its files look.',
      'Ends with 3 when something is wrong; warnings and notices do not count.',
    ],
    json: '{"problems":[{"severity":"error"|"warning"|"notice","code","message","hint","file","line","key","rule"}]}',
    examples: ['pai-tui config check -c ~/cluster', 'pai-tui config check -c ~/cluster -s ~/pai --json'],
    since: '0.1.0',
  },
  {
    name: 'config show',
    flags: ['view', 'python', 'config', 'source', ...textFlags],
    about:
      'What templates see of a configuration, defaults and derived values included, and where each value comes from.',
    more: [
      "Values are printed as Python prints them, so that True and the text 'true' differ; secrets are dots. Problems go to stderr.",
      'Nothing of the tree is executed, unless --python asks for it: then src/*/config/*.py of a tree of v0.9 or later are run in a copy, and where they make something else than what is shown without it, a notice says so.',
    ],
    json: 'the values themselves, as one document; secrets are dots',
    examples: [
      'pai-tui config show -c ~/cluster',
      'pai-tui config show --view kubernetes -c ~/cluster -s ~/pai',
      'pai-tui config show --python -c ~/cluster -s ~/pai',
    ],
    since: '0.1.0',
  },
  {
    name: 'config generate',
    flags: ['input', 'output', 'force', 'dry-run', 'source', ...textFlags],
    means: {
      output: 'the folder to write the files into',
      force: 'replace files that are there (each is kept beside it)',
      'dry-run': 'say what would be written, and write nothing',
    },
    about: 'Write the files of a new configuration from a quick-start file: a list of machines and how to log in.',
    more: [
      'The tree decides which files there are. What cannot be known without asking the machines is guessed, and each guess is said on stderr.',
      'A file that is there already stays as it is; with --force it is replaced, and kept as NAME.bak-TIME. So nothing can be lost, and no approval is asked for. Nothing is written when the quick-start file has a mistake (3).',
    ],
    json: '{"folder","era","files":[{"name","action":"written"|"replaced"|"kept","backup"}],"problems":[]}',
    examples: [
      'pai-tui config generate -i quick-start.yaml -o ~/cluster -s ~/pai --dry-run',
      'pai-tui config generate -i quick-start.yaml -o ~/cluster -s ~/pai',
    ],
    since: '0.1.0',
  },
];
