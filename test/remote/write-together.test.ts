import {Duplex} from 'node:stream';
import {expect, test} from 'vitest';
import {writeTogether} from '../../src/engine/remote/write-together.ts';

/** Notes what it is given to send, each piece as it comes. */
function recording(): {readonly stream: Duplex; readonly sent: string[]} {
  const sent: string[] = [];
  const stream = new Duplex({
    read() {},
    write(piece: Buffer, _encoding, done) {
      sent.push(piece.toString());
      done();
    },
  });
  return {stream: writeTogether(stream), sent};
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('what is written in one turn is sent in one piece', async () => {
  const {stream, sent} = recording();
  stream.write('one ');
  stream.write('two ');
  await Promise.resolve();
  stream.write('three');
  expect(sent).toEqual([]);
  await nextTurn();
  expect(sent).toEqual(['one two three']);
  stream.write('four');
  await nextTurn();
  expect(sent).toEqual(['one two three', 'four']);
});

test('what was written goes out before the stream ends or is destroyed', () => {
  for (const leave of ['end', 'destroy'] as const) {
    const {stream, sent} = recording();
    stream.write('good');
    stream.write('bye');
    stream[leave]();
    expect(sent, leave).toEqual(['goodbye']);
  }
});

test('a stream that takes many pieces at once is given them', async () => {
  const given: string[][] = [];
  const stream = writeTogether(
    new Duplex({
      read() {},
      writev(pieces, done) {
        given.push(pieces.map(({chunk}) => String(chunk)));
        done();
      },
    }),
  );
  stream.write('one');
  stream.write('two');
  await nextTurn();
  expect(given).toEqual([['one', 'two']]);
});
