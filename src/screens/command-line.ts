import {type OperationRequest, type RunStatus, shellWord, usualDrainMs} from '../engine/index.ts';
import type {AppSettings} from './app-settings.ts';
import type {NamedCommand} from './show-command.tsx';

/** Where the app looks, as far as it was told. */
type Where = Partial<Pick<AppSettings, 'source' | 'config' | 'state'>>;

/** The headless command that asks for the same, to be pasted into a shell. */
export function commandOf(request: OperationRequest, state: string | undefined): string {
  const words: string[] = ['pai-tui', ...where({...request, state}), ...request.operation.split(' ')];
  words.push(...choiceWords(request));
  if (request.jump !== undefined) words.push('--jump', request.jump);
  if (request.parallel !== undefined) words.push('--parallel', String(request.parallel));
  if (request.failFast) words.push('--fail-fast');
  if (request.takeOverLock) words.push('--take-over-lock');
  return words.map(shellWord).join(' ');
}

/** What one operation can be asked for and others cannot. */
function choiceWords(request: OperationRequest): readonly string[] {
  switch (request.operation) {
    case 'image build':
      return [
        ...request.names,
        ...(request.force ? ['--force'] : []),
        ...(request.noCache ? ['--no-cache'] : []),
        ...(request.builder === 'auto' ? [] : ['--builder', request.builder]),
      ];
    case 'image push':
      return request.names;
    case 'cluster k8s-bootup':
      return [...(request.verify ? ['--verify'] : []), ...packageSetWords(request)];
    case 'cluster k8s-clean':
      return [...(request.force ? ['--force'] : []), ...packageSetWords(request)];
    case 'machine add':
      return [...request.names, ...listWords(request.nodeList), ...(request.updateConfig ? ['--update-config'] : [])];
    case 'machine remove':
      return [
        ...request.names,
        ...listWords(request.nodeList),
        ...(request.force ? ['--force'] : []),
        ...(request.ignoreBudgets ? ['--ignore-budgets'] : []),
        ...(request.dead ? ['--dead'] : []),
        ...(request.drainMs === usualDrainMs ? [] : ['--drain-timeout', `${Math.round(request.drainMs / 1000)}s`]),
        ...(request.updateConfig ? ['--update-config'] : []),
      ];
    case 'machine etcdfix':
      return [request.machine];
    default:
      return [];
  }
}

function packageSetWords({packageSet}: {readonly packageSet?: string}): readonly string[] {
  return packageSet === undefined ? [] : ['--package-set', packageSet];
}

function listWords(nodeList: string | undefined): readonly string[] {
  return nodeList === undefined ? [] : ['--node-list', nodeList];
}

/** 'pai-tui run show 2026…' */
function runCommand(verb: string, id: string, state: string | undefined): string {
  return ['pai-tui', ...stateWords(state), 'run', verb, id].map(shellWord).join(' ');
}

/** How to come back to a run: 'pai-tui run attach last' when it is not known which. */
export function attachCommand(id: string | undefined, state: string | undefined): string {
  return runCommand('attach', id ?? 'last', state);
}

/** The headless commands for a run that can be given now; the first does what looking at it does. */
export function runCommands(id: string, status: RunStatus, state: string | undefined): readonly NamedCommand[] {
  const goesOn = status === 'running' || status === 'waiting';
  return [
    ['Follow', runCommand('attach', id, state)],
    ['Show', runCommand('show', id, state)],
    goesOn
      ? ['Stop', runCommand('cancel', id, state)]
      : status === 'interrupted'
        ? ['Resume', runCommand('resume', id, state)]
        : ['Repeat', runCommand('repeat', id, state)],
    ['Export', runCommand('export', id, state)],
  ];
}

/** The headless command that answers a question about a tree: 'pai-tui -s /srv/pai image status'. */
export function queryCommand(asked: Where, words: readonly string[]): string {
  return ['pai-tui', ...where(asked), ...words].map(shellWord).join(' ');
}

function where({source, config, state}: Where): readonly string[] {
  return [
    ...(source === undefined ? [] : ['-s', source]),
    ...(config === undefined ? [] : ['-c', config]),
    ...stateWords(state),
  ];
}

function stateWords(state: string | undefined): readonly string[] {
  return state === undefined ? [] : ['--state', state];
}
