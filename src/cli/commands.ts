/** The table of commands: parsing, help, completion and docs/commands.md all come from here. */

import {clusterCommands} from './commands/cluster.ts';
import type {Command} from './commands/command.ts';
import {configCommands} from './commands/config.ts';
import {imageCommands} from './commands/image.ts';
import {machineCommands} from './commands/machine.ts';
import {programCommands} from './commands/program.ts';
import {runCommands} from './commands/run.ts';
import {templateCommands} from './commands/template.ts';
import {type FlagName, flags} from './flags.ts';

export type {Argument, Command} from './commands/command.ts';

type Noun = 'image' | 'config' | 'template' | 'cluster' | 'machine' | 'run' | 'info' | 'completion';

export const nouns: Readonly<Record<Noun, string>> = {
  image: 'see, build and push the images of a source tree',
  config: 'check, show and generate the configuration of a cluster',
  template: 'render a template as Jinja2 does',
  cluster: 'check machines for Kubernetes, boot a cluster, see how it is, and take it away again',
  machine: 'see, trust and ask machines, run commands on them, and mend etcd',
  run: 'see, follow, resume and stop what was started',
  info: 'every path, version and limit',
  completion: 'completion for a shell',
};

/** Also for words like "constructor", which every object knows. */
export function isNoun(word: string): word is Noun {
  return Object.hasOwn(nouns, word);
}

/** The flags of `pai-tui` without a command: what the app itself takes. */
export const appFlags = ['config', 'source', 'readonly', 'state', 'no-color', 'ascii', 'help', 'version'] as const;

export const commands: readonly Command[] = [
  ...imageCommands,
  ...configCommands,
  ...templateCommands,
  ...clusterCommands,
  ...machineCommands,
  ...runCommands,
  ...programCommands,
];

/** Nouns that other versions bring: named, so that nobody looks for a spelling mistake. */
export const laterNouns = ['service', 'new', 'sandbox'] as const;

/** The same for commands of nouns that are here. */
export const laterCommands: readonly string[] = ['machine repair'];

export function commandNamed(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}

/** The commands of a noun, in the order of the table. */
export function commandsOf(noun: string): readonly Command[] {
  return commands.filter((command) => command.name === noun || command.name.startsWith(`${noun} `));
}

/** What a flag does, as one line of help for a command; without one, for the app. */
export function flagMeaning(name: FlagName, command?: Command): string {
  return command?.means?.[name] ?? flags[name].about;
}
