/** A snapshot on its way from a machine to this computer, and whether it is whole. */

import {createHash} from 'node:crypto';
import {fitting, number, record} from '../../json.ts';
import {type Answer, endText, numberOf, readAnswer} from '../../machine-answer.ts';
import type {RemoteCommand} from '../../machine-tools.ts';
import {displayText} from '../../names.ts';
import type {TaskContext} from '../../plan/types.ts';
import {ProblemError} from '../../problem.ts';
import type {FileDraft} from '../../tools.ts';
import {nameOf} from './judged.ts';
import {memberMark} from './member-script.ts';
import type {SnapshotSource} from './snapshot-source.ts';
import type {EtcdSnapshot} from './types.ts';

export interface SnapshotReceipt {
  readonly source: SnapshotSource;
  readonly script: string;
  /** The revision that it must have reached. */
  readonly behind: number;
  /** Is finished; whoever began it discards it where this throws. */
  readonly draft: FileDraft;
}

type Received = Pick<EtcdSnapshot, 'bytes' | 'sha256' | 'hash' | 'revision' | 'totalKeys'>;

/** A database of etcd may have 8 GiB; over a slow line that takes its time. */
const deadlineMs = 2 * 60 * 60_000;
const lastBytes = 16 * 1024;
const lastLines = 10;

/** Throws `etcd-snapshot` with what is wrong with it, and what `Remote.run` throws. */
export async function receiveSnapshot(
  receipt: SnapshotReceipt,
  context: Pick<TaskContext, 'tools' | 'signal' | 'progress'>,
): Promise<Received> {
  const {source, script, draft} = receipt;
  const {tools, signal, progress} = context;
  const sums = new SnapshotSums();
  let said = Buffer.alloc(0);
  const command: RemoteCommand = {
    ...{script, args: [memberMark], sudo: true},
    // With the connection goes the script, and with it what it has made.
    ...{repeatable: true, deadlineMs},
  };
  const watch = {
    stdout(piece: Uint8Array) {
      draft.add(piece);
      sums.add(piece);
      progress(sums.bytes, Math.max(sums.bytes, source.status.dbBytes));
    },
    stderr(piece: Uint8Array) {
      said = Buffer.concat([said, piece]).subarray(-lastBytes);
    },
  };
  const end = await tools.machines.use(source.machine, (remote) => remote.run(command, watch, signal), signal);
  const text = said.toString('utf8');
  const answer = readAnswer(text, memberMark);
  if (end.exit !== 0 || !answer.complete) throw refused(source, refusalWords(answer, endText(end)), text);
  await draft.finish();
  const status = fitting(statusReply, parsed(answer.first('status')));
  if (!status) throw refused(source, 'etcdctl cannot read what it has saved', text);
  const {bytes, sha256, isWhole} = sums.end();
  const {revision, totalKey: totalKeys} = status;
  if (numberOf(answer.first('bytes')) !== bytes) throw refused(source, 'it did not arrive whole');
  if ((answer.first('sum') ?? sha256) !== sha256) throw refused(source, 'it arrived as something else');
  if (!isWhole) throw refused(source, 'the checksum that etcd wrote at its end is of something else');
  // It holds all that its member had applied, and tells less where the last of that were keys deleted and compacted away.
  if (revision < receipt.behind && (source.status.revision ?? 0) < receipt.behind)
    throw refused(source, `it is of revision ${revision}, and the members had come to ${receipt.behind} before`);
  return {bytes, sha256, hash: status.hash.toString(16), revision, totalKeys};
}

const statusReply = record({hash: number, revision: number, totalKey: number});

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}

/** SHA-256 of all of it, and of all but the last 32 bytes, which etcd makes that of the rest. */
class SnapshotSums {
  bytes = 0;
  readonly #whole = createHash('sha256');
  readonly #database = createHash('sha256');
  #tail = Buffer.alloc(0);

  add(piece: Uint8Array): void {
    this.bytes += piece.length;
    this.#whole.update(piece);
    const held = Buffer.concat([this.#tail, piece]);
    const passed = Math.max(0, held.length - 32);
    this.#database.update(held.subarray(0, passed));
    this.#tail = Buffer.from(held.subarray(passed));
  }

  end(): {readonly bytes: number; readonly sha256: string; readonly isWhole: boolean} {
    const isWhole = this.#database.digest().equals(this.#tail);
    return {bytes: this.bytes, sha256: this.#whole.digest('hex'), isWhole};
  }
}

/** Why the script gave up, as the end of a sentence. */
function refusalWords(answer: Answer, end: string): string {
  const [why = '', ...words] = (answer.first('failed') ?? '').split(' ');
  switch (why) {
    case 'docker':
      return 'the docker of its machine does not answer';
    case 'stopped':
      return 'its container does not run any more';
    case 'folder':
      return 'its data lie in no folder of the machine';
    case 'room': {
      const [needed, free] = words.map((word) => numberOf(word) ?? 0);
      return `its disk has ${mebibytes(free)} free, and a snapshot of ${mebibytes(needed)} beside its data has to leave 128 MiB`;
    }
    case 'place':
      return `nothing can be written into ${displayText(words.join(' '))} there`;
    case 'save':
      return 'etcdctl could not save one';
    default:
      return `what takes it ${end}`;
  }
}

function mebibytes(bytes = 0): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}

function refused(source: SnapshotSource, why: string, said = ''): ProblemError {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith(`${memberMark} `));
  const detail = lines.slice(-lastLines).map(displayText).join('\n');
  return new ProblemError({
    code: 'etcd-snapshot',
    message: `The snapshot of ${nameOf(source)} does not count: ${why}.`,
    hint: 'See what is wrong with: pai-tui cluster etcd status',
    ...(detail === '' ? {} : {detail}),
    machine: source.machine,
  });
}
