import type {Theme} from '../../ui/theme/theme.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {plain, wrap, wrapAtMost} from '../../ui/widgets/cells.ts';
import {listNotes} from '../../ui/widgets/list-title.ts';
import {type Row, row, type Span} from '../../ui/widgets/rows.ts';
import {noConfigRows} from '../cluster/summary-rows.ts';
import {problemWords} from '../problem-words.ts';
import type {ShownMachines} from './machines-shown.ts';
import type {MachinesState} from './machines-state.ts';

/** 'Machines 5 · filter: gpu (2) · 1 marked' */
export function machinesTitle({table}: MachinesState, shown: ShownMachines, theme: Theme): Row {
  return [{text: `Machines ${shown.all.length}`, tone: 'title'}, ...listNotes(table, shown.items.length, theme)];
}

/**
 * What has to be done before these machines can be worked with, above the table, the gravest first; most often nothing.
 * Each names the key that does it.
 */
export function machinesBanner(
  state: MachinesState,
  shown: ShownMachines,
  asleep: string | undefined,
  width: number,
  height: number,
  theme: Theme,
): readonly Row[] {
  const {ellipsis} = theme.glyphs;
  const say = (text: string, tone: Span['tone']): readonly Row[] =>
    wrapAtMost(plain(text), width, Math.min(2, height), ellipsis).map((line) => row(line, tone));
  if (shown.all.length === 0) return [];
  if (state.listProblem) {
    return say(
      `${theme.glyphs.failed} ${problemWords(state.listProblem)} The machines are those read before.`,
      'failed',
    );
  }
  if (asleep !== undefined) return say(asleep, 'warning');
  const {otherKeys, untrusted, locked} = shown;
  const [first] = otherKeys;
  if (first) {
    const others = otherKeys.length > 1 ? ` and ${otherKeys.length - 1} more show` : ' shows';
    return say(
      `${theme.glyphs.failed} ${first.machine.name}${others} another host key than the one that is known: reinstalled, or attacked. T explains.`,
      'failed',
    );
  }
  if (untrusted.length > 0) {
    const which =
      untrusted.length === shown.all.length
        ? 'No machine is trusted yet'
        : `${count(untrusted.length, 'machine is', 'machines are')} not trusted yet`;
    return say(`${which}: T shows their host keys, to be compared and approved in one go.`, 'key');
  }
  const refused = locked.filter(({problem}) => problem?.code === 'login-refused');
  if (refused.length > 0 && Object.keys(state.secrets).length > 0) {
    return say(
      `${count(refused.length, 'machine refuses', 'machines refuse')} what you typed: p takes another; Enter says what was tried.`,
      'warning',
    );
  }
  if (locked.length > 0) {
    return say(
      `${count(locked.length, 'machine lets', 'machines let')} nobody in: p asks you for a password or passphrase, kept in memory only.`,
      'key',
    );
  }
  return [];
}

/** Why the table is empty, and what to do. */
export function emptyMachines(
  state: MachinesState,
  config: string | undefined,
  width: number,
  theme: Theme,
): readonly Row[] {
  const room = Math.max(8, width - 2);
  const say = (text: string, tone?: Span['tone']): readonly Row[] =>
    wrap(plain(text), room).map((line) => [{text: ' '}, {text: line, tone}]);
  if (config === undefined) return noConfigRows(room).map((line) => [{text: ' '}, ...line]);
  const {listProblem, list, table} = state;
  if (listProblem) {
    const {message, hint, detail} = listProblem;
    return [
      ...say(`${theme.glyphs.failed} ${message}`, 'failed'),
      ...(hint === undefined ? [] : say(hint)),
      ...(detail ?? '').split('\n').flatMap((line) => (line === '' ? [] : say(line, 'quiet'))),
      [],
      ...say('2 then c shows the configuration with what is wrong; Ctrl-r reads it again.', 'key'),
    ];
  }
  if (!list) return say('Reading the configuration.', 'quiet');
  if (table.filter !== '') return say(`No machine matches "${table.filter}". Esc shows all of them.`);
  return say(
    'The configuration names no machine. Its machine list is in layout.yaml, or the file of its era: 2 then c shows it.',
  );
}
