/** What several commands have in common. */

import type {Argument} from './command.ts';

export const imageNames: Argument = {placeholder: 'NAME', count: 'any', of: 'images'};
export const machineNames: Argument = {placeholder: 'M', count: 'any', of: 'machines'};
export const someMachineNames: Argument = {...machineNames, count: 'some'};
export const runId: Argument = {placeholder: 'ID', count: 'one', of: 'runs'};
// Where state lies and that nothing may change can stand in an alias, so every command understands both.
export const textFlags = ['readonly', 'state', 'json', 'no-color'] as const;
export const runningFlags = ['readonly', 'state', 'json', 'verbose', 'no-color'] as const;
export const changingFlags = ['yes', 'dry-run', 'parallel', 'fail-fast', 'timeout', ...runningFlags] as const;
export const loginFlags = ['jump', 'jump-password-file', 'password-file'] as const;
export const askingFlags = ['config', 'source', ...loginFlags, 'timeout', ...textFlags] as const;
export const clusterChangingFlags = ['config', 'source', ...loginFlags, 'take-over-lock', ...changingFlags] as const;
export const hostLists =
  "M is a machine or a host list: gpu[01-16], @workers, @gpu, '@all&!node-7'. What the shell would take for itself (& ! *) goes in quotes.";
export const passwords =
  'Logging in: what the configuration says, an ssh-agent, key files; else a terminal is asked. A password file must be readable by you alone (0600).';
export const oneRun = "ID may be the beginning of a run's id, or the word last.";
