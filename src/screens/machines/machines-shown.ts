import type {MachineLook, Problem} from '../../engine/index.ts';
import {cursorIndex, type ListState} from '../../ui/widgets/list-state.ts';
import {type Column, sortItems} from '../../ui/widgets/table-columns.ts';
import {machineCells, machineColumns} from './machine-columns.ts';
import {answersFilter, type MachineHealth, machineHealth, machineItems} from './machine-items.ts';
import type {MachinesState} from './machines-state.ts';

type ProblemCode = Problem['code'];

/** What is known of all machines, whatever the table shows. */
interface KnownMachines {
  /** All of the configuration, in its order. */
  readonly all: readonly MachineLook[];
  readonly columns: readonly Column<MachineLook>[];
  /** Absent before any was asked. */
  readonly health?: MachineHealth | undefined;
  /** Those that show another host key than the one that is known, or one that was revoked. */
  readonly otherKeys: readonly MachineLook[];
  /** Those whose host keys nobody approved yet. */
  readonly untrusted: readonly MachineLook[];
  /** Those that let nobody in for want of a password or a passphrase. */
  readonly locked: readonly MachineLook[];
}

/** What the table shows now. */
export interface ShownMachines extends KnownMachines {
  /** Those a filter lets through, sorted; `keys` are their names. */
  readonly items: readonly MachineLook[];
  readonly keys: readonly string[];
}

/** A function that works out what is shown; what does not depend on what changed is remembered. */
export function createMachinesShown(): (state: MachinesState) => ShownMachines {
  const known = remembering(({list, looks, asking}: MachinesState) => [list, looks, asking], knownMachines);
  return remembering(
    (state) => [known(state), state.table.filter, state.table.sort, state.table.reversed],
    (state) => shownMachines(known(state), state.table),
  );
}

/** The machine under the cursor. */
export function machineAt(shown: ShownMachines, table: ListState): MachineLook | undefined {
  return shown.items[cursorIndex(table, shown.keys)];
}

/** Names of the marked machines in the order of the configuration, or of the one under the cursor. */
export function chosenMachines(shown: ShownMachines, table: ListState): readonly string[] {
  const marked = shown.all.map(({machine}) => machine.name).filter((name) => table.marks.has(name));
  if (marked.length > 0) return marked;
  const look = machineAt(shown, table);
  return look ? [look.machine.name] : [];
}

/** A function that works out again only when something it depends on is another. */
function remembering<State, Result>(
  of: (state: State) => readonly unknown[],
  workOut: (state: State) => Result,
): (state: State) => Result {
  let last: {readonly of: readonly unknown[]; readonly result: Result} | undefined;
  return (state) => {
    const now = of(state);
    if (last === undefined || now.some((value, index) => value !== last?.of[index])) {
      last = {of: now, result: workOut(state)};
    }
    return last.result;
  };
}

function knownMachines({list, looks, asking}: MachinesState): KnownMachines {
  const all = machineItems(list?.machines ?? [], looks, asking);
  const withProblem = (...codes: readonly ProblemCode[]) =>
    all.filter(({problem}) => problem !== undefined && codes.includes(problem.code));
  return {
    all,
    columns: machineColumns(machineCells(all)),
    health: machineHealth(all),
    otherKeys: withProblem('host-key-changed', 'host-key-revoked'),
    untrusted: withProblem('host-key-unknown'),
    locked: withProblem('secret-missing', 'login-refused'),
  };
}

function shownMachines(known: KnownMachines, table: ListState): ShownMachines {
  const {all, columns} = known;
  const found = table.filter === '' ? all : all.filter((look) => answersFilter(table.filter, look));
  const items = sortItems(found, columns, table);
  return {...known, items, keys: items.map(({machine}) => machine.name)};
}
