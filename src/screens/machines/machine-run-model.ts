import {
  createStore,
  type LiveStore,
  type MachineRun,
  type MachineRunLook,
  type MachineRunState,
  type OutputGroup,
  type OutputView,
} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {cursorIndex, emptyList, type ListState} from '../../ui/widgets/list-state.ts';
import {assignPanes} from '../runs/pane-plan.ts';
import {differenceText} from './difference-text.ts';
import {goesOn} from './machine-run-rows.ts';
import type {RunSubject} from './run-subject.ts';

/** What a person chose while looking at one command on many machines. */
interface MachineRunChoices {
  readonly list: ListState;
  /** False until the person moved: then the selection follows what needs to be seen. */
  readonly chosen: boolean;
  /** The list shows groups of machines with the same output; absent: as soon as that says something. */
  readonly grouped?: boolean | undefined;
  readonly held: readonly string[];
  readonly paneCount: number;
  /** Absent: the list has the focus; else the index of a pane. */
  readonly focus?: number | undefined;
  readonly zoomed: boolean;
  readonly wrap: boolean;
  readonly timestamps: boolean;
  /** What is being typed: the name of a file, what to find in the list or in the output with the focus. */
  readonly input?: 'save' | 'find' | 'search' | undefined;
}

/** A line of the list: a machine, or machines whose output and end are the same. */
export type RunEntry =
  | {readonly id: string; readonly look: MachineRunLook; readonly group?: undefined}
  | {readonly id: string; readonly group: OutputGroup; readonly look?: undefined};

/** One command on many machines that is looked at, or one log of theirs. */
export interface MachineRunModel {
  readonly subject: RunSubject;
  readonly state: MachineRun['state'];
  readonly run: MachineRun;
  readonly choices: {get(): MachineRunChoices; subscribe(listener: () => void): () => void};
  set(change: Partial<MachineRunChoices>): void;
  /** Machines with the same output and end, once all have ended; before that where they are looked at. */
  groups(): readonly OutputGroup[];
  /** Whether the list shows groups. */
  isGrouped(): boolean;
  entries(): readonly RunEntry[];
  /** The entry under the cursor. */
  selected(): string | undefined;
  /** What each pane shows now. */
  panes(): readonly (string | undefined)[];
  /** The entry of the pane with the focus; of the first pane while the list has it. */
  watched(): string | undefined;
  /** The output of an entry: of its machine, or how the group differs from the largest. Open until `keep` leaves it out. */
  output(id: string, theme: Theme): LiveStore<OutputView>;
  /** Closes the outputs of all other entries. */
  keep(ids: readonly string[]): void;
  close(): void;
}

export function createMachineRunModel(run: MachineRun, subject: RunSubject): MachineRunModel {
  const choices = createStore<MachineRunChoices>({
    list: emptyList,
    chosen: false,
    held: [],
    paneCount: 1,
    zoomed: false,
    wrap: false,
    timestamps: false,
  });
  const outputs = new Map<string, {readonly of: OutputGroup | undefined; readonly store: LiveStore<OutputView>}>();
  let panesBefore: readonly (string | undefined)[] = [];
  let grouped: {readonly of: MachineRunState; readonly groups: readonly OutputGroup[]} | undefined;

  /** Comparing all outputs is dear: once for each state of the run. */
  const groups = (): readonly OutputGroup[] => {
    const of = run.state.get();
    if (of.running && choices.get().grouped !== true) return [];
    if (grouped?.of !== of) grouped = {of, groups: run.groups()};
    return grouped.groups;
  };
  const isGrouped = (): boolean => {
    const {grouped: wanted} = choices.get();
    if (wanted !== undefined) return wanted;
    const {running, machines} = run.state.get();
    // A line of several has no room for why one of them may still be at work.
    if (machines.some(({status, end, problem}) => status === 'failed' && problem && !end)) return false;
    return !running && machines.length > 2 && groups().length < machines.length;
  };
  const entries = (): readonly RunEntry[] =>
    isGrouped()
      ? groups().map((group, index) => ({id: `group ${index + 1}`, group}))
      : run.state.get().machines.map((look) => ({id: look.machine.name, look}));
  const selected = (): string | undefined => {
    const all = entries();
    const {list, chosen} = choices.get();
    if (chosen) {
      return all[
        cursorIndex(
          list,
          all.map(({id}) => id),
        )
      ]?.id;
    }
    return (all.find(needsLook) ?? all.find(({look}) => look && goesOn(look)) ?? all[0])?.id;
  };
  const panes = (): readonly (string | undefined)[] => {
    const {paneCount, held} = choices.get();
    const items = entries().map((entry) => ({id: entry.id, status: paneStatus(entry)}));
    const assigned = assignPanes(paneCount, items, selected(), held, panesBefore);
    // Unlike a task, a machine on which it went well is what was asked for: it has the place that nobody needs.
    const rest = items.filter(({id, status}) => status === 'done' && !assigned.includes(id)).map(({id}) => id);
    panesBefore = assigned.map((id) => id ?? rest.shift());
    return panesBefore;
  };
  return {
    subject,
    state: run.state,
    run,
    choices,
    set(change) {
      const before = choices.get();
      // Who has begun to read is not led away when all have ended.
      const reads = change.chosen === true || change.focus !== undefined;
      choices.set({...before, ...(reads ? {grouped: isGrouped()} : {}), ...change});
    },
    groups,
    isGrouped,
    entries,
    selected,
    panes,
    watched: () => panes()[choices.get().focus ?? 0],
    output(id, theme) {
      const group = entries().find((entry) => entry.id === id)?.group;
      const known = outputs.get(id);
      if (known?.of === group && known) return known.store;
      known?.store.close();
      const store = group?.difference
        ? differenceText(group.difference, theme)
        : run.output(group?.machines[0]?.name ?? id);
      outputs.set(id, {of: group, store});
      return store;
    },
    keep(ids) {
      for (const [id, {store}] of outputs) {
        if (ids.includes(id)) continue;
        store.close();
        outputs.delete(id);
      }
    },
    close() {
      for (const {store} of outputs.values()) store.close();
      outputs.clear();
      run.close();
    },
  };
}

/** The first thing to look at: a group that is not like most, or a machine on which it failed. */
function needsLook({look, group}: RunEntry): boolean {
  return group ? group.difference !== undefined : look.status === 'failed' || look.status === 'unreachable';
}

function paneStatus({look, group}: RunEntry): 'waiting' | 'running' | 'failed' | 'done' {
  if (group) return group.difference ? 'failed' : 'done';
  switch (look.status) {
    case 'waiting':
    case 'skipped':
      return 'waiting';
    case 'connecting':
    case 'running':
      return 'running';
    case 'failed':
    case 'unreachable':
      return 'failed';
    case 'done':
    case 'stopped':
      return 'done';
  }
}
