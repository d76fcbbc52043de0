import {type ImageRequest, shellWord} from '../engine/index.ts';

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

/** The headless command for a run: 'pai-tui run show 2026…'. */
export function runCommand(verb: string, id: string): string {
  return ['pai-tui', 'run', verb, id].map(shellWord).join(' ');
}

/** The headless command that answers a question about a tree: 'pai-tui -s /srv/pai image status'. */
export function queryCommand(source: string, config: string | undefined, words: readonly string[]): string {
  return ['pai-tui', ...where(source, config), ...words].map(shellWord).join(' ');
}

function where(source: string, config: string | undefined): readonly string[] {
  return ['-s', source, ...(config === undefined ? [] : ['-c', config])];
}
