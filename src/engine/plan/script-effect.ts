import {createHash} from 'node:crypto';
import {receiveScript, removeScript} from '../package/machine-scripts.ts';
import type {MachineEffect} from './types.ts';

type ScriptEffect = Extract<MachineEffect, {kind: 'script'}>;

/** What identifies the text of a script in a plan. */
export function scriptDigest(script: string): string {
  return `sha256:${createHash('sha256').update(script).digest('hex')}`;
}

/** The effect of running a script on a machine; without `args` it may be given any. */
export function scriptEffect(
  on: string,
  {script, ...what}: Pick<ScriptEffect, 'name' | 'args' | 'sudo'> & {readonly script: string},
): ScriptEffect {
  return {kind: 'script', on, ...what, script: scriptDigest(script)};
}

/** Where the package of a job lies on a machine, as an argument of a script. */
export function packageArgument(job: string): string {
  return `~/.pai-tui/$RUN/${job}`;
}

/** The effects of sending a package (sendPackage) and of removing it again (removePackage). */
export function packageEffects(on: string, job: string): readonly MachineEffect[] {
  return [
    {kind: 'machine file', on, path: `${packageArgument(job)}/**`},
    scriptEffect(on, {name: `receive the package ${job}`, script: receiveScript}),
    scriptEffect(on, {name: `remove the package ${job}`, script: removeScript, sudo: true}),
  ];
}
