import {expect, test} from 'vitest';
import {causeIn, lastWords} from '../../../src/engine/cluster/etcd/last-words.ts';

/** What etcd 3.4.23 printed when it came up on a database whose pages had been overwritten. */
const damaged = [
  '2026-11-28 14:39:03.873543 I | embed: initial advertise peer URLs = https://10.77.2.13:2380',
  '2026-11-28 14:39:03.873547 I | embed: initial cluster = ',
  'panic: freepages: failed to get all reachable pages (page -1018028378764171497: out of bounds: 276)',
  '',
  'goroutine 138 [running]:',
  'go.etcd.io/bbolt.(*DB).freepages.func2()',
  '\tgo.etcd.io/bbolt/db.go:1056 +0x99',
  'created by go.etcd.io/bbolt.(*DB).freepages',
  '\tgo.etcd.io/bbolt/db.go:1054 +0x1ea',
];

test('a database whose pages are not what they should be is damaged data', () => {
  expect(causeIn(damaged)).toBe('data damaged');
  expect(lastWords(damaged, 1)).toEqual([damaged[2]]);
  for (const said of [
    'panic: invalid freelist page: 3, page type is unknown<b37a>',
    'panic: page 5 already freed',
    'panic: invalid page type: 12: b37a',
    'unexpected fault address 0x7f1c2a3b4000',
  ])
    expect(causeIn([said]), said).toBe('data damaged');
});

test('what says nothing of data is no damage', () => {
  expect(causeIn(damaged.slice(0, 2))).toBeUndefined();
  expect(causeIn(['panic: runtime error: invalid memory address or nil pointer dereference'])).toBeUndefined();
});
