import type {MachineLogList, MachineLogSource} from '../../engine/index.ts';
import {bytes} from '../../ui/widgets/amounts.ts';
import {plain} from '../../ui/widgets/cells.ts';
import {matches} from '../../ui/widgets/list-state.ts';
import {logWords} from './run-subject.ts';

/** A log that can be chosen, with what is known of it. */
export interface LogChoice {
  readonly log: MachineLogSource;
  readonly name: string;
  readonly about: string;
}

/**
 * The logs a machine has that answer what was typed; behind them what was typed itself, since not every log is found.
 */
export function logChoices(list: MachineLogList | undefined, typed: string): readonly LogChoice[] {
  const words = typed.trim();
  const known = list ? knownLogs(list) : [];
  const found = known.filter(({name, about}) => matches(words, `${name} ${about}`));
  const own = asTyped(words).filter((choice) => !known.some(({name}) => name === choice.name));
  return [...found, ...own];
}

function knownLogs({files, units, containers}: MachineLogList): readonly LogChoice[] {
  return [
    ...files.map(({path, bytes: size}) => choice({kind: 'file', path}, bytes(size))),
    ...units.map(({unit, state, about}) => choice({kind: 'unit', unit}, `${state}  ${about}`)),
    ...containers.map(({container, name, state, image, pod}) => ({
      ...choice({kind: 'container', container}, [state, image, pod ? `pod ${pod}` : ''].filter(Boolean).join('  ')),
      name: plain(logWords({kind: 'container', container: name})),
    })),
  ];
}

/** A path is a file; any other name may be a unit or a container. */
function asTyped(words: string): readonly LogChoice[] {
  if (words === '') return [];
  if (words.startsWith('/')) return [choice({kind: 'file', path: words}, 'as typed')];
  const [, kind, name] = /^(unit|container)\s+(.+)$/.exec(words) ?? [];
  const both = kind === undefined;
  return [
    ...(both || kind === 'unit' ? [choice({kind: 'unit', unit: name ?? words}, 'as typed')] : []),
    ...(both || kind === 'container' ? [choice({kind: 'container', container: name ?? words}, 'as typed')] : []),
  ];
}

function choice(log: MachineLogSource, about: string): LogChoice {
  return {log, name: plain(logWords(log)), about: plain(about)};
}
