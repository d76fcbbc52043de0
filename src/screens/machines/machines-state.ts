import type {MachineList, MachineLook, MachineSecrets, Problem} from '../../engine/index.ts';
import type {ListState} from '../../ui/widgets/list-state.ts';
import type {MachinePlace} from './machine-places.ts';

/** What the Machines screen knows now; what is still being asked for is absent, and nothing waits for it. */
export interface MachinesState {
  /** The machines as the configuration has them. */
  readonly list?: MachineList | undefined;
  /** Why there is no list. */
  readonly listProblem?: Problem | undefined;
  /** As they were last seen; those that were not asked yet are not among them. */
  readonly looks: readonly MachineLook[];
  readonly asking: boolean;
  readonly table: ListState;
  /** What is typed below the table: a filter, or which machines to mark. */
  readonly input?: 'filter' | 'hosts' | undefined;
  /** What was marked before a host list was typed, for leaving it. */
  readonly marksBefore: ReadonlySet<string>;
  readonly factsFocused: boolean;
  readonly factsTop: number;
  /** What the operator typed to log in; in memory only. */
  readonly secrets: MachineSecrets;
  /** What was opened beside the table, the newest last. */
  readonly places: readonly MachinePlace[];
  /** The one that is looked at; absent: the table. */
  readonly place?: MachinePlace | undefined;
  /** Command lines that were run, the last one first. */
  readonly commands: readonly string[];
}
