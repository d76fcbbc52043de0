import {describe, expect, test} from 'vitest';
import {elfHeaderBytes, whyNoProgram} from '../../../src/engine/cluster/kubectl/elf.ts';
import {
  type FoundKubectl,
  fits,
  judgeKubectl,
  type KubectlFacts,
} from '../../../src/engine/cluster/kubectl/judge-kubectl.ts';

test.each([
  ['v1.20.2', true],
  ['v1.19.0', true],
  ['v1.21.14', true],
  ['v1.21.0-rc.1+abc', true],
  ['v1.18.20', false],
  ['v1.22.0', false],
  ['v2.20.2', false],
  ['v1', false],
  [undefined, false],
])('a kubectl that says %s fits a cluster of 1.20: %s', (version, expected) => {
  expect(fits(version, 'v1.20.2')).toBe(expected);
});

const own = '/home/op/.local/bin/kubectl';
const system = '/usr/bin/kubectl';
const there = (path: string, version?: string): FoundKubectl => ({path, ...(version === undefined ? {} : {version})});
const here = (more: Partial<KubectlFacts>): KubectlFacts => ({
  ...{isFolderThere: true, isOnPath: true, platform: 'linux', arch: 'x64'},
  ...more,
});

describe('the kubectl of this computer', () => {
  test.each<[string, Partial<KubectlFacts>, object]>([
    ['is kept where it fits', {onPath: there(system, 'v1.21.0')}, {type: 'kept', path: system, notices: []}],
    [
      'is kept where the one in the folder fits, though another comes first',
      {onPath: there(system, 'v1.31.0'), inPrograms: there(own, 'v1.20.2')},
      {
        type: 'kept',
        path: own,
        notices: [{message: expect.stringContaining('Typing kubectl runs /usr/bin/kubectl (v1.31.0)')}],
      },
    ],
    [
      'is put there where there is none',
      {},
      {type: 'wanted', path: own, why: 'no kubectl is found by PATH', notices: []},
    ],
    [
      'replaces one in the same place that does not fit',
      {onPath: there(own, 'v1.31.0'), inPrograms: there(own, 'v1.31.0')},
      {
        type: 'wanted',
        path: own,
        replaces: there(own, 'v1.31.0'),
        why: expect.stringContaining('(v1.31.0) does not fit'),
        notices: [],
      },
    ],
    [
      'replaces one that does not run',
      {onPath: there(own), inPrograms: there(own)},
      {type: 'wanted', replaces: there(own), why: expect.stringContaining('which does not run')},
    ],
    [
      'leaves that of the system alone and says that it still comes first',
      {onPath: there(system, 'v1.18.0')},
      {
        type: 'wanted',
        path: own,
        notices: [{severity: 'warning', hint: 'Put it first: export PATH=/home/op/.local/bin:$PATH'}],
      },
    ],
    [
      'is said not to be found where its folder is not in PATH',
      {isOnPath: false, isFolderThere: false},
      {type: 'wanted', notices: [{message: expect.stringContaining('is not in PATH')}]},
    ],
    [
      'is left to its owner where those of the masters do not run',
      {platform: 'darwin'},
      {type: 'left out', notices: [{message: expect.stringContaining('not darwin')}]},
    ],
  ])('%s', (_name, facts, expected) => {
    const judged = judgeKubectl(here(facts), '/home/op/.local/bin', 'v1.20.2');
    expect(judged).toMatchObject(expected);
    if (!('replaces' in expected)) expect(judged).not.toHaveProperty('replaces');
  });
});

describe('a program', () => {
  /** The header of an ELF file: its byte order and the number of its processor. */
  const elf = (machine: number, order: 1 | 2 = 1) => {
    const bytes = Buffer.alloc(elfHeaderBytes);
    bytes.writeUInt32BE(0x7f454c46);
    bytes[5] = order;
    if (order === 1) bytes.writeUInt16LE(machine, 18);
    else bytes.writeUInt16BE(machine, 18);
    return bytes;
  };

  test.each([
    ['x64', elf(62), undefined],
    ['arm64', elf(183), undefined],
    ['s390x', elf(22, 2), undefined],
    ['x64', elf(183), "is for another processor (arm64) than this computer's (x64)"],
    ['arm64', elf(999), "is for another processor (number 999) than this computer's (arm64)"],
    ['x64', Buffer.from('#!/bin/sh\necho no program at all\n'), 'is no program of Linux'],
    ['x64', elf(62).subarray(0, 10), 'is no program of Linux'],
    ['x64', Buffer.alloc(0), 'is no program of Linux'],
  ])('on %s is judged by its header', (arch, header, expected) => {
    expect(whyNoProgram(header, arch)).toBe(expected);
  });
});
