import type {Readable} from 'node:stream';
import type {Operation, RunRequest} from '../plan/types.ts';
import type {Secret} from '../secret.ts';
import type {Clock, Tools} from '../tools.ts';
import type {ReadConfiguration} from './config-copy.ts';
import type {Pace} from './execution.ts';
import type {JournalDisk} from './journal.ts';

/** What the runner process brings along. */
export interface RunnerWorld {
  /** The operation of that name. */
  operation(name: string): Promise<Operation>;
  /** The real outside for this request; the runner limits it task by task. */
  tools(request: RunRequest, secrets: ReadonlyMap<string, Secret>): Tools | Promise<Tools>;
  /** Gives back what the tools hold open. Absent: they hold nothing. */
  closeTools?(): Promise<void>;
  readonly clock: Clock;
  /** What the configuration says, to be kept with the run; absent: nothing is. */
  readonly readConfiguration?: ReadConfiguration;
  readonly programVersion: string;
  /** Where the secrets come from: process.stdin. */
  readonly stdin: Readable;
  /** How the journal reaches the disk, where that is not left to the system. */
  readonly journalDisk?: JournalDisk;
  /**
   * Ends everything in a process session that an earlier runner started; stuck: something of it does not end. Absent:
   * nothing is left by killed runners.
   */
  endSession?(session: number): Promise<'not there' | 'ended' | 'stuck'>;
  /** Tasks at a time when the request does not say; 4. */
  readonly parallel?: number;
  /** Tasks at a time per kind of resource; absent or undefined: as many as there are. */
  resourceLimit?(resource: string): number | undefined;
  /** How many tasks of a kind may start within how long. */
  pace?(resource: string): Pace | undefined;
}
