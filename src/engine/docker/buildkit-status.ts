import {wireFields} from './wire.ts';

/** What BuildKit says of itself while it builds (moby.buildkit.v1.StatusResponse, the parts a person wants to see). */
export interface BuildkitStatus {
  readonly vertexes: readonly Vertex[];
  readonly statuses: readonly VertexStatus[];
  readonly logs: readonly VertexLog[];
  readonly warnings: readonly string[];
}

/** A step; it is sent again whenever something about it changed. */
export interface Vertex {
  readonly digest: string;
  readonly name: string;
  readonly cached: boolean;
  readonly started: boolean;
  readonly completed: boolean;
  readonly error: string;
}

/** Progress within a step, for instance of one layer. */
interface VertexStatus {
  readonly id: string;
  readonly vertex: string;
  readonly completed: boolean;
}

interface VertexLog {
  readonly vertex: string;
  readonly bytes: Uint8Array;
}

// The field numbers are those of api/services/control/control.proto in moby/buildkit. dockerode has a decoder, but it
// reads its schema from a file beside itself, which is not there in a bundle.

/** Decodes the aux field of a moby.buildkit.trace message. Throws RangeError for what is none. */
export function decodeBuildkitStatus(base64: string): BuildkitStatus {
  const vertexes: Vertex[] = [];
  const statuses: VertexStatus[] = [];
  const logs: VertexLog[] = [];
  const warnings: string[] = [];
  for (const {number, value} of wireFields(Buffer.from(base64, 'base64'))) {
    if (typeof value === 'number') continue;
    if (number === 1) vertexes.push(vertex(value));
    else if (number === 2) statuses.push(status(value));
    else if (number === 3) logs.push(log(value));
    else if (number === 4) warnings.push(text(fieldsOf(value).get(3)));
  }
  return {vertexes, statuses, logs, warnings};
}

function vertex(bytes: Uint8Array): Vertex {
  const fields = fieldsOf(bytes);
  return {
    digest: text(fields.get(1)),
    name: text(fields.get(3)),
    cached: fields.get(4) === 1,
    started: fields.has(5),
    completed: fields.has(6),
    error: text(fields.get(7)),
  };
}

function status(bytes: Uint8Array): VertexStatus {
  const fields = fieldsOf(bytes);
  return {id: text(fields.get(1)), vertex: text(fields.get(2)), completed: fields.has(8)};
}

function log(bytes: Uint8Array): VertexLog {
  const fields = fieldsOf(bytes);
  const message = fields.get(4);
  return {vertex: text(fields.get(1)), bytes: typeof message === 'object' ? message : new Uint8Array()};
}

/** The last value of each field, as protobuf wants it for fields that are not repeated. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> {
  return new Map(Array.from(wireFields(bytes), ({number, value}) => [number, value]));
}

function text(value: number | Uint8Array | undefined): string {
  return typeof value === 'object' ? Buffer.from(value).toString('utf8') : '';
}
