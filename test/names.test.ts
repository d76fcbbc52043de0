import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {displayText, nearestNames, slipOf} from '../src/engine/names.ts';

const known = ['base-image', 'cleaning-image', 'hadoop-run', 'rest-server', 'webportal', 'zookeeper'];

describe('nearestNames', () => {
  test.each([
    ['webportl', ['webportal']],
    ['wbeportal', ['webportal']],
    ['WebPortal', ['webportal']],
    ['portal', ['webportal']],
    ['rest_server', ['rest-server']],
    ['image', ['base-image', 'cleaning-image']],
    ['grafana', []],
    ['', []],
  ])('for %j offers %j', (wanted, expected) => {
    expect(nearestNames(wanted, known)).toEqual(expected);
  });

  test('offers no more than it is asked for, the best first', () => {
    expect(nearestNames('driver', ['drivers-b', 'drivers-a', 'driver-x', 'driver'], 2)).toEqual(['driver', 'driver-x']);
  });

  test('a text of any length is compared in no time', () => {
    expect(nearestNames('x'.repeat(1_000_000), known)).toEqual([]);
  });
});

describe('a word that is meant to be a known name', () => {
  const known = ['dashboard', 'sshport', 'pai-master', 'node-exporter', 'port', 'etcdid'];

  test.each([
    ['a letter left out', 'dashbord', 'dashboard'],
    ['two of eight or more', 'dashbordd', 'dashboard'],
    ['one of a shorter word', 'ssport', 'sshport'],
    ['- for nothing', 'ssh-port', 'sshport'],
    ['_ for -, and case', 'Pai_Master', 'pai-master'],
    ['too many for a short word', 'etdc', undefined],
    ['another label of the same family', 'job-exporter', undefined],
    ['a part of a name', 'exporter', undefined],
    ['three letters are no slip of four', 'por', undefined],
    ['the name itself', 'port', undefined],
  ])('%s', (_title, word, meant) => {
    expect(slipOf(word, known)).toBe(meant);
  });
});

describe('displayText', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a title sequence', '\u001b]0;owned\u0007text', 'text'],
    ['a title sequence ended by ST', '\u001b]0;owned\u001b\\text', 'text'],
    ['an unfinished sequence with all it swallows', 'a\u001b]52;c;ZXZpbA==', 'a'],
    ['8-bit CSI', 'a\u009b2Jb', 'ab'],
    ['a reset', 'a\u001bcb', 'ab'],
    ['a character set', 'a\u001b(0b', 'ab'],
    ['bells and backspaces', 'a\u0007\u0008b\u007f', 'ab'],
    ['lines and tabs as one space', 'a\r\n\tb', 'a b'],
    ['text turned around', 'exe.\u202egnp.txt\u2066', 'exe.gnp.txt'],
    ['what cannot be seen', 'a\u200bb\ufeffc', 'abc'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['emoji and other writing', '画像 👩‍🔧 é', '画像 👩‍🔧 é'],
  ])('%s', (_title, text, shown) => {
    expect(displayText(text)).toBe(shown);
  });

  test('whatever comes in, no control character goes out', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '\u009b', '\u0007', '\\', 'm', '1', '\n', 'P', 'é'),
    });
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({unit: 'binary'})), (text) => {
        const shown = displayText(text);
        expect(shown).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
        expect(shown).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
