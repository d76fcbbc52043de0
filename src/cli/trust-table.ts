import {type HostKeyReport, hostKeyWords, type Problem} from '../engine/index.ts';
import {addressWords} from './machine-words.ts';
import {table} from './table.ts';

/** A machine with its keys, and what became of them here. */
export interface Host {
  readonly report: HostKeyReport;
  /** mismatch: its fingerprints were written down as others. pinned: accepted just now. */
  readonly state: HostKeyReport['state'] | 'mismatch' | 'pinned';
}

/** One line for each key. */
export function hostsTable(hosts: readonly Host[]): string {
  return table(
    ['MACHINE', 'ADDRESS', 'STATE', 'KEY', 'FINGERPRINT', 'KNOWN FROM'],
    hosts.flatMap(({report: {machine, keys, from}, state}) => {
      const shown = keys.length > 0 ? keys : [{type: '-', fingerprint: '-'}];
      return shown.map(({type, fingerprint}) => [
        machine.name,
        addressWords(machine),
        state,
        type,
        fingerprint,
        from ?? '',
      ]);
    }),
  );
}

export function hostsDocument(hosts: readonly Host[]) {
  return {
    hosts: hosts.flatMap(({report, state}) => {
      const {machine, keys, from, known, problem} = report;
      const shown = keys.length > 0 ? keys : [{type: null, fingerprint: null}];
      return shown.map(({type, fingerprint}) => ({
        machine: machine.name,
        key: type,
        fingerprint,
        state,
        ...(from === undefined ? {} : {from}),
        ...(known ? {known: known.map((key) => key.fingerprint)} : {}),
        ...(problem ? {problem} : {}),
      }));
    }),
  };
}

/** Why a machine is not trusted, and what to do about it; undefined for those that are, and for new ones. */
export function refusalOf(host: Host): {readonly machine: string; readonly problem: Problem} | undefined {
  const problem = problemOf(host);
  return problem && {machine: host.report.machine.name, problem};
}

function problemOf({report, state}: Host): Problem | undefined {
  const {machine, keys, from = '', known = [], problem} = report;
  const shown = keys.map((key) => `shows: ${hostKeyWords(key)}`);
  const detail = [...known.map((key) => `known: ${hostKeyWords(key)} (${from})`), ...shown].join('\n');
  switch (state) {
    case 'changed':
      return {
        code: 'host-key-changed',
        message: `${machine.name} shows another host key than the one that is known.`,
        detail,
        hint: `${reinstalledOrAttacked} ${whatToDo(report)}`,
      };
    case 'disagreeing':
      return {
        code: 'host-key-changed',
        message: `known_hosts and the pins of this cluster know different host keys of ${machine.name}.`,
        detail,
        hint: `One of them is out of date, or somebody is in between: compare the key at its console. ${whatToDo(report)}`,
      };
    case 'mismatch':
      return {
        code: 'host-key-changed',
        message: `${machine.name} shows other host keys than those that were written down for it.`,
        detail,
        hint: reinstalledOrAttacked,
      };
    case 'revoked':
      return {
        code: 'host-key-revoked',
        message: `The host key of ${machine.name} is revoked (${from}).`,
        detail,
        hint: 'Somebody else may have it. Give the machine new host keys, and have them accepted.',
      };
    case 'unreachable':
      return problem ?? {code: 'machine-unreachable', message: `${machine.name} cannot be asked for its host keys.`};
    case 'known':
    case 'pinned':
    case 'new':
      return undefined;
  }
}

export const reinstalledOrAttacked =
  'Either it was reinstalled, or somebody is in between and reads what you send: find out which before you go on.';

/** The pins are ours to change; the files of ssh are the operator's. */
function whatToDo({machine, from = ''}: HostKeyReport): string {
  const host = machine.port === 22 ? machine.address : `[${machine.address}]:${machine.port}`;
  const ways = [
    ...(from.includes('pinned') ? [`pai-tui machine trust ${machine.name} --replace`] : []),
    ...(/[/~]/.test(from) ? [`ssh-keygen -R '${host}' (in ${from.replace(/pinned \S+, /, '')})`] : []),
  ];
  return `If it was reinstalled: ${ways.join(', and ')}.`;
}
