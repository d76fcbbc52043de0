/** A message of the engine's build and push answers; what is in it is checked where it is used. */
export type EngineMessage = Readonly<Record<string, unknown>>;

/** Something that is not a line of JSON came, or one without end. */
export class NotJsonLines extends Error {
  override readonly name = 'NotJsonLines';
}

/** The stream ended in the middle of a line. */
export class CutStream extends Error {
  override readonly name = 'CutStream';
}

/**
 * The JSON objects of a stream with one per line, wherever it is cut into pieces. Holds one line at a time in
 * memory, and refuses one that is longer than `mostBytes`.
 */
export async function* jsonLines(
  stream: AsyncIterable<Uint8Array | string>,
  mostBytes = 16 * 1024 * 1024,
): AsyncGenerator<EngineMessage> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk as Uint8Array);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = pieces.length > 0 ? Buffer.concat([...pieces, rest.subarray(0, end)]) : rest.subarray(0, end);
      pieces = [];
      size = 0;
      rest = rest.subarray(end + 1);
      const text = line.toString('utf8').trim();
      if (text !== '') yield parse(text);
    }
    if (rest.length === 0) continue;
    pieces.push(rest);
    size += rest.length;
    if (size > mostBytes) throw new NotJsonLines(`a line of more than ${mostBytes} bytes`);
  }
  const last = Buffer.concat(pieces).toString('utf8').trim();
  if (last === '') return;
  let message: EngineMessage;
  try {
    message = parse(last);
  } catch (error) {
    throw new CutStream('the answer ended in the middle of a line', {cause: error});
  }
  yield message;
}

function parse(text: string): EngineMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotJsonLines(`a line that is not JSON: ${text.slice(0, 120)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new NotJsonLines(`a line that is no message: ${text.slice(0, 120)}`);
  return value as EngineMessage;
}

/** A text field of a message, '' when it has none. */
export function textOf(message: EngineMessage, field: string): string {
  const value = message[field];
  return typeof value === 'string' ? value : '';
}

/** A number field, undefined when it has none. */
export function numberOf(message: EngineMessage, field: string): number | undefined {
  const value = message[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** An object field, empty when it has none. */
export function partOf(message: EngineMessage, field: string): EngineMessage {
  const value = message[field];
  return typeof value === 'object' && value !== null ? (value as EngineMessage) : {};
}

/** What the engine says went wrong, in a message of a build, push or pull; undefined when nothing did. */
export function failureOf(message: EngineMessage): {readonly said: string; readonly exitCode?: number} | undefined {
  const detail = partOf(message, 'errorDetail');
  const said = textOf(detail, 'message') || textOf(message, 'error');
  if (said === '' && message['error'] === undefined && message['errorDetail'] === undefined) return undefined;
  const exitCode = numberOf(detail, 'code');
  return {said: said || 'it gave no reason', ...(exitCode === undefined ? {} : {exitCode})};
}
