import {type Command, commandsOf, nouns} from './commands.ts';
import {type Flag, type FlagName, flags} from './flags.ts';

/** The hidden word by which a completion asks for the names of images, machines or runs. */
export const namesWord = '__names';

/** What completes the value of a flag: nothing is offered for a number or a duration. */
export type Value =
  | {readonly kind: 'choices'; readonly words: readonly string[]}
  | {readonly kind: 'folder' | 'file' | 'nothing'};

/** `['--config', '-c']` */
export function flagWords(name: FlagName): readonly string[] {
  const flag: Flag = flags[name];
  return [`--${name}`, ...(flag.short ? [`-${flag.short}`] : [])];
}

/** Undefined for a flag without a value. */
export function flagValue(name: FlagName): Value | undefined {
  const flag: Flag = flags[name];
  if (!flag.value) return undefined;
  return flag.choices ? {kind: 'choices', words: flag.choices} : {kind: flag.completes ?? 'nothing'};
}

/** The flags whose value is the next word. */
export function valueFlags(): readonly FlagName[] {
  return (Object.keys(flags) as FlagName[]).filter((name) => flagValue(name) !== undefined);
}

/** 'image build' as it is, 'info' as 'info ': noun and verb as the scripts of bash and zsh put them together. */
export function padded(command: Command): string {
  return command.name.includes(' ') ? command.name : `${command.name} `;
}

export function nounsWithVerbs(): readonly string[] {
  return Object.keys(nouns).filter((noun) => commandsOf(noun).some(({name}) => name !== noun));
}

export function verbOf(command: Command): string {
  return command.name.replace(/^\S+ /, '');
}
