import {type ImageRequest, type RunStatus, shellWord} from '../engine/index.ts';
import type {NamedCommand} from './show-command.tsx';

/** The headless command that asks for the same, to be pasted into a shell. */
export function commandOf(request: ImageRequest): string {
  const words: string[] = ['pai-tui', ...where(request.source, request.config), ...request.operation.split(' ')];
  words.push(...request.names);
  if (request.operation === 'image build') {
    if (request.force) words.push('--force');
    if (request.noCache) words.push('--no-cache');
    if (request.builder !== 'auto') words.push('--builder', request.builder);
  }
  if (request.parallel !== undefined) words.push('--parallel', String(request.parallel));
  if (request.failFast) words.push('--fail-fast');
  return words.map(shellWord).join(' ');
}

/** 'pai-tui run show 2026…' */
function runCommand(verb: string, id: string): string {
  return ['pai-tui', 'run', verb, id].map(shellWord).join(' ');
}

/** The headless commands for a run that can be given now; the first does what looking at it does. */
export function runCommands(id: string, status: RunStatus): readonly NamedCommand[] {
  const goesOn = status === 'running' || status === 'waiting';
  return [
    ['Follow', runCommand('attach', id)],
    ['Show', runCommand('show', id)],
    goesOn
      ? ['Stop', runCommand('cancel', id)]
      : status === 'interrupted'
        ? ['Resume', runCommand('resume', id)]
        : ['Repeat', runCommand('repeat', id)],
    ['Export', runCommand('export', id)],
  ];
}

/** The headless command that answers a question about a tree: 'pai-tui -s /srv/pai image status'. */
export function queryCommand(source: string, config: string | undefined, words: readonly string[]): string {
  return ['pai-tui', ...where(source, config), ...words].map(shellWord).join(' ');
}

function where(source: string, config: string | undefined): readonly string[] {
  return ['-s', source, ...(config === undefined ? [] : ['-c', config])];
}
