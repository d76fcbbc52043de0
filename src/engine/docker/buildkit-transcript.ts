import {printableLine} from '../printable.ts';
import {decodeBuildkitStatus, type Vertex} from './buildkit-status.ts';
import {partOf, textOf} from './json-lines.ts';
import type {Transcript} from './transcript.ts';

interface Shown {
  readonly number: number;
  vertex: Vertex;
  /** The beginning of a line whose end has not come. */
  held: Buffer;
  readonly completed: Set<string>;
}

const newline = 10;

/** The transcript of BuildKit in the words of `docker build --progress=plain`: '#5 [2/4] RUN …', '#5 DONE'. */
export function createBuildkitTranscript(
  write: (text: string | Uint8Array) => void,
  progress: (done: number, total?: number) => void,
): Transcript {
  const shown = new Map<string, Shown>();
  const known = new Map<string, Vertex>();
  let id: string | undefined;
  let lastProgress = '';

  const tell = () => {
    const steps = [...known.values()].filter((vertex) => isStep(vertex));
    const done = steps.filter((vertex) => vertex.completed && !vertex.error).length;
    const text = `${done}/${steps.length}`;
    if (steps.length > 0 && text !== lastProgress) progress(done, steps.length);
    lastProgress = text;
  };
  const takeVertex = (sent: Vertex) => {
    const before = shown.get(sent.digest);
    // A step that is used again is sent as begun again; what is done stays done.
    const completed = sent.completed || before?.vertex.completed === true;
    const vertex = {...sent, completed};
    known.set(vertex.digest, vertex);
    if (!before && !vertex.started && !vertex.cached && !vertex.error) return;
    const entry = before ?? {number: shown.size + 1, vertex, held: Buffer.alloc(0), completed: new Set<string>()};
    if (!before) {
      shown.set(vertex.digest, entry);
      write(`#${entry.number} ${printableLine(vertex.name, 2000)}\n`);
    }
    const endedBefore = before !== undefined && ended(before.vertex);
    entry.vertex = vertex;
    if (endedBefore || !ended(vertex)) return;
    flush(entry, write);
    const outcome = vertex.error ? `ERROR: ${printableLine(vertex.error, 2000)}` : vertex.cached ? 'CACHED' : 'DONE';
    write(`#${entry.number} ${outcome}\n`);
  };

  return {
    take(message) {
      if (message['id'] === 'moby.image.id') {
        id = textOf(partOf(message, 'aux'), 'ID') || id;
        return;
      }
      if (message['id'] !== 'moby.buildkit.trace') {
        write(textOf(message, 'stream'));
        return;
      }
      const status = decodeBuildkitStatus(textOf(message, 'aux'));
      for (const vertex of status.vertexes) takeVertex(vertex);
      for (const {vertex, id: part, completed} of status.statuses) {
        const entry = shown.get(vertex);
        if (!entry || !completed || entry.completed.has(part)) continue;
        entry.completed.add(part);
        write(`#${entry.number} ${printableLine(part)} done\n`);
      }
      for (const {vertex, bytes} of status.logs) {
        const entry = shown.get(vertex);
        if (entry) writeLines(entry, bytes, write);
        else write(bytes);
      }
      for (const warning of status.warnings) write(`WARNING: ${printableLine(warning)}\n`);
      tell();
    },
    id: () => id,
    step() {
      const entries = [...shown.values()].reverse();
      const entry =
        entries.find(({vertex}) => vertex.error !== '' && isStep(vertex)) ??
        entries.find(({vertex}) => !vertex.completed && isStep(vertex));
      const [, name, instruction] = /^\[([^\]]*)\]\s*(.*)$/s.exec(entry?.vertex.name ?? '') ?? [];
      return name && instruction ? {name: `step ${name}`, instruction: printableLine(instruction, 200)} : undefined;
    },
    base() {
      const failed = [...shown.values()].find(({vertex}) => vertex.error !== '');
      return /^\[internal\] load metadata for (\S+)$/.exec(failed?.vertex.name ?? '')?.[1];
    },
    end() {
      for (const entry of shown.values()) flush(entry, write);
    },
  };
}

function ended(vertex: Vertex): boolean {
  return vertex.completed || vertex.error !== '';
}

/** '[2/4] RUN make' and '[stage-1 2/4] …' come from the Dockerfile; '[internal] load build context' does not. */
function isStep(vertex: Vertex): boolean {
  return /^\[[^\]]*\d+\/\d+\]/.test(vertex.name);
}

/** Whole lines, each with the number of its step, for several steps write at the same time. */
function writeLines(entry: Shown, bytes: Uint8Array, write: (bytes: Uint8Array) => void): void {
  let rest = Buffer.concat([entry.held, bytes]);
  for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
    write(Buffer.concat([Buffer.from(`#${entry.number} `), rest.subarray(0, end + 1)]));
    rest = rest.subarray(end + 1);
  }
  entry.held = rest;
  if (rest.length > 16_384) flush(entry, write);
}

function flush(entry: Shown, write: (bytes: Uint8Array) => void): void {
  if (entry.held.length > 0) write(Buffer.concat([Buffer.from(`#${entry.number} `), entry.held, Buffer.from('\n')]));
  entry.held = Buffer.alloc(0);
}
