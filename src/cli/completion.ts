import {bashScript} from './completion-bash.ts';
import {fishScript} from './completion-fish.ts';
import {zshScript} from './completion-zsh.ts';

const scripts = {bash: bashScript, zsh: zshScript, fish: fishScript};

export type Shell = keyof typeof scripts;

/** The completion of one shell, drawn from the table of commands. */
export function completionScript(shell: Shell): string {
  return scripts[shell]();
}
