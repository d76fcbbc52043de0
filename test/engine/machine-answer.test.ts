import {expect, test} from 'vitest';
import {readAnswer} from '../../src/engine/machine-answer.ts';

test('only lines that begin with the mark are of the answer, whatever a profile prints between them', () => {
  const answer = readAnswer(
    'Welcome!\r\nf00 host node-3\r\nhost evil\nf01 host other\nno line endf00 kernel Linux 4.4.0\nf00 end ended\n',
    'f00',
  );
  expect(answer.first('host')).toBe('node-3');
  expect(answer.first('kernel')).toBe('Linux 4.4.0');
  expect(answer.complete).toBe(true);
});

test('an answer that was cut off is not complete', () => {
  expect(readAnswer('f00 host node-3\nf00 en', 'f00').complete).toBe(false);
});

test('escape sequences and control characters are gone', () => {
  const answer = readAnswer(
    'f00 host \u001b]0;owned\u0007no\u001b[31mde-3\u0000\nf00 left /etc/\u202ekubernetes',
    'f00',
  );
  expect(answer.first('host')).toBe('node-3');
  expect(answer.lines('left')).toEqual(['/etc/kubernetes']);
});

test('lines without end and answers without end are bounded', () => {
  expect(readAnswer(`f00 host ${'x'.repeat(1_000_000)}`, 'f00').first('host')?.length).toBeLessThanOrEqual(2000);
  expect(readAnswer('f00 left /a\n'.repeat(100_000), 'f00').lines('left').length).toBeLessThanOrEqual(20_000);
});
