import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodeBuildkitStatus} from '../../src/engine/docker/buildkit-status.ts';
import {createBuildkitTranscript} from '../../src/engine/docker/buildkit-transcript.ts';
import {jsonLines} from '../../src/engine/docker/json-lines.ts';
import {printable, printableLine} from '../../src/engine/printable.ts';
import {registryOf} from '../../src/engine/tools.ts';

/** Encodes as protobuf does: numbers as varints, texts and nested messages with their length. */
type Field = readonly [number, number | string | Buffer | readonly Field[]];
function encode(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
      const bytes = Buffer.isBuffer(value) ? value : typeof value === 'string' ? Buffer.from(value) : encode(value);
      return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
    }),
  );
}
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

const time: readonly Field[] = [
  [1, 1_795_000_000],
  [2, 5],
];
const trace = (...fields: readonly Field[]) => ({id: 'moby.buildkit.trace', aux: encode(fields).toString('base64')});
const vertex = (digest: string, name: string, ...more: readonly Field[]): Field => [
  1,
  [[1, digest], [3, name], ...more],
];
const started: Field = [5, time];
const completed: Field = [6, time];

describe('the status messages of BuildKit', () => {
  it('come out as they went in, whatever else is in them', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.boolean(),
        fc.uint8Array(),
        fc.nat(),
        (digest, name, cached, log, extra) => {
          const bytes = encode([
            [1, [[1, digest], [2, 'input'], [3, name], [4, cached ? 1 : 0], started, [99, extra], [98, 'new field']]],
            [
              3,
              [
                [1, digest],
                [2, time],
                [3, 1],
                [4, Buffer.from(log)],
              ],
            ],
            [77, 'a field of the future'],
          ]);
          const status = decodeBuildkitStatus(bytes.toString('base64'));
          expect(status.vertexes).toEqual([
            {digest, name: Buffer.from(name).toString(), cached, started: true, completed: false, error: ''},
          ]);
          expect(Buffer.from(status.logs[0]?.bytes ?? [])).toEqual(Buffer.from(log));
        },
      ),
    );
  });

  it('never end in anything but a RangeError when they are garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), (bytes) => {
        try {
          decodeBuildkitStatus(Buffer.from(bytes).toString('base64'));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('become numbered lines, with steps that only ever go forward', () => {
    let text = '';
    const progress: [number, number | undefined][] = [];
    const transcript = createBuildkitTranscript(
      (piece) => {
        text += Buffer.from(piece as Uint8Array).toString();
      },
      (done, total) => progress.push([done, total]),
    );
    const from = (...more: readonly Field[]) => vertex('d1', '[1/2] FROM busybox', ...more);
    const run = (...more: readonly Field[]) => vertex('d2', '[2/2] RUN make', ...more);
    transcript.take(trace(vertex('d0', '[internal] load', started), from(), run()));
    transcript.take(trace(from(started, completed, [4, 1])));
    transcript.take(trace(from(started)));
    transcript.take(trace(run(started)));
    transcript.take(
      trace([
        3,
        [
          [1, 'd2'],
          [4, 'first\nhalf'],
        ],
      ]),
    );
    transcript.take(
      trace([
        3,
        [
          [1, 'd2'],
          [4, ' line\nrest'],
        ],
      ]),
    );
    transcript.take(trace(run(started, completed, [7, 'exit code: 2'])));
    expect(text).toBe(
      [
        '#1 [internal] load',
        '#2 [1/2] FROM busybox',
        '#2 CACHED',
        '#3 [2/2] RUN make',
        '#3 first',
        '#3 half line',
        '#3 rest',
        '#3 ERROR: exit code: 2',
        '',
      ].join('\n'),
    );
    expect(progress).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(transcript.step()).toEqual({name: 'step 2/2', instruction: 'RUN make'});
    expect(transcript.id()).toBeUndefined();
  });
});

describe('lines of JSON', () => {
  it('are the same however the stream is cut', async () => {
    const messages = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string({unit: 'binary'}), fc.nat())), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        messages,
        fc.array(fc.nat(400)),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        async (wanted, cuts, end) => {
          const bytes = Buffer.from(wanted.map((message) => JSON.stringify(message) + end).join(''));
          const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
          const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
          const got: unknown[] = [];
          for await (const message of jsonLines(iterate(pieces))) got.push(message);
          expect(JSON.stringify(got)).toBe(JSON.stringify(wanted));
        },
      ),
    );
  });
});

async function* iterate(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

describe('text of strangers', () => {
  it('loses control characters and escape sequences, and keeps its words', () => {
    expect(
      printable('\u001b[31mred\u001b[0m \u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\r\n\u009b2Jline\u0000'),
    ).toBe('red link\n2Jline');
    expect(printable('safe \u202eevil\u2066')).toBe('safe evil');
    expect(printableLine(' a\n\tb ')).toBe('a b');
    expect(printableLine('x'.repeat(400), 10)).toBe(`${'x'.repeat(9)}…`);
    fc.assert(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
      fc.property(fc.string({unit: 'binary'}), (text) => !/[\u0000-\u001f\u007f-\u009f]/.test(printableLine(text))),
    );
  });
});

describe('the registry of a reference', () => {
  it('is what stands before the first slash when that is a host', () => {
    const registries = ['busybox', 'a/b', 'h:5000/x', 'localhost/x', 'r.io/a/b', 'docker.io/x'].map(registryOf);
    expect(registries).toEqual(['docker.io', 'docker.io', 'h:5000', 'localhost', 'r.io', 'docker.io']);
  });
});
