import {
  appFlags,
  type Command,
  type commands,
  commandsOf,
  flagMeaning,
  laterCommands,
  laterNouns,
  nouns,
} from './commands.ts';
import {type FlagName, flagSpelling} from './flags.ts';
import {commandSpelling} from './help.ts';

/** docs/commands.md, drawn from the table of commands. */
export function commandsPage(): string {
  return [
    '# Commands',
    '',
    '<!-- Made from src/cli/commands.ts by `npm run docs`; a test fails when it is out of date. -->',
    '',
    '`pai-tui [-c DIR] [-s DIR]` opens the screens; `pai-tui NOUN VERB` does one thing and ends. Both use the same',
    'engine: a run that one of them started can be followed, stopped and resumed by the other.',
    '',
    '## Where tree and configuration come from',
    '',
    'From `--source` and `--config`; else from `PAI_SOURCE` and `PAI_CONFIG`; else from the current folder, when it is a',
    'tree or a configuration; else the sample tree that comes with the program is opened, and that is said. The sample is',
    'never combined with a configuration of yours, and never built or pushed with `--yes` unless it is named; its machines are not asked. Relative',
    'paths count from where the command is typed.',
    '',
    '## Output',
    '',
    'Results go to stdout, everything else to stderr. With `--json` a query prints one JSON document, an operation one',
    'event per line with `run-ended` as the last, and a problem that comes before a run is one line',
    '`{"problem":{"code","message","hint","file","line"}}`. A tree or an engine with problems adds `"problems":[]` to the',
    'document of a query. An operation with nothing to do, and `--dry-run`, print `{"plan":{}}` with every task and effect.',
    '',
    'On a terminal one line at the bottom says how far a run is; it is not there with `--json`, `-v` or TERM=dumb. A command',
    'that follows a run and is told to end (SIGTERM, SIGHUP) leaves the run going, says how to come back to it, and ends',
    'with 5. Commands on machines are no runs: they end with the command, on the machines too, unless it is killed outright.',
    '',
    '## Exit codes',
    '',
    '| code | meaning |',
    '|---|---|',
    '| 0 | done, or nothing to do |',
    '| 1 | the run failed, or part of what was asked for could not be reached |',
    '| 2 | wrong use: an unknown command, flag, image, machine or run; the nearest names are said |',
    '| 3 | the tree or the configuration is invalid |',
    '| 4 | refused for safety: not approved, a lock is held, the plan changed since approval, read-only, a host key that is new or changed, a secret that is missing or that others may read |',
    '| 5 | stopped by the operator, or the run goes on without this command |',
    '| 6 | something needed, or everything asked for, cannot be reached; nothing was changed |',
    '| 70 | a mistake of the program itself, with what to report |',
    '',
    '## `pai-tui`',
    '',
    'Opens the screens.',
    '',
    ...flagTable(appFlags),
    ...Object.entries(nouns).flatMap(([noun, about]) => [
      `## \`pai-tui ${noun}\``,
      '',
      `${about[0]?.toUpperCase()}${about.slice(1)}.`,
      '',
      ...commandsOf(noun).flatMap(commandSection),
    ]),
    '## Old spellings',
    '',
    'Understood for images and `config generate`, with a line on stderr that says what it is called today:',
    '',
    '| typed | today |',
    '|---|---|',
    '| `docker_build.py -p CONFIG [-n IMAGE]` | `image build -c CONFIG IMAGE`, then `image push -c CONFIG IMAGE` |',
    '| `paictl.py image build -p CONFIG [-n IMAGE]`, also `push` | `image build -c CONFIG IMAGE` |',
    '| `pai_build.py build -c CONFIG [-s COMPONENT...]` | `image build -c CONFIG COMPONENT...` |',
    '| `pai_build.py push -c CONFIG [-i IMAGE...]` | `image push -c CONFIG IMAGE...` |',
    '| `paictl.py cluster generate-configuration -i FILE -o DIR [-f]` | `config generate -i FILE -o DIR [-f]` |',
    '',
    'The names of the scripts may be left out of the last three, and `python` may stand before them. There `-s` and `-i` mean',
    'what they meant, names are read in lower case, and the tree comes from `--source`, `PAI_SOURCE` or the current folder.',
    '`-n all` means all. The older tools never asked: here the plan is shown and approved as everywhere, so a script adds',
    '`--yes`, and the line on stderr says so.',
    '',
    '## Not in this version',
    '',
    `${[...laterNouns, ...laterCommands].map((words) => `\`${words}\``).join(', ')}, and the older tools for`,
    'services, clusters and machines: refused with exit code 2.',
    '',
  ].join('\n');
}

function commandSection(command: (typeof commands)[number]): string[] {
  return [
    `### \`pai-tui ${commandSpelling(command)}\``,
    '',
    command.about,
    '',
    ...(command.more ?? []).flatMap((paragraph) => [paragraph, '']),
    ...flagTable(command.flags, command),
    ...(command.json ? ['JSON:', '', '```text', command.json, '```', ''] : []),
    '```sh',
    ...command.examples,
    '```',
    '',
    `Since ${command.since}.`,
    '',
  ];
}

function flagTable(names: readonly FlagName[], command?: Command): string[] {
  if (names.length === 0) return [];
  const rows = names.map(
    (name) => `| \`${flagSpelling(name)}\` | ${flagMeaning(name, command).replaceAll('|', '\\|')} |`,
  );
  return ['| flag | what it does |', '|---|---|', ...rows, ''];
}
