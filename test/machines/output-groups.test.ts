import {describe, expect, test} from 'vitest';
import {outputGroups, type Said, saidKeys} from '../../src/engine/machines/run/output-groups.ts';
import type {MachineInfo} from '../../src/engine/machines/types.ts';
import {machineInfo} from './sample-machines.ts';

function said(number: number, stdout: string, more: Partial<Said> = {}): Said {
  return {
    machine: machineInfo(`node-${number}`, {address: `10.0.0.${number}`}),
    stdout,
    stderr: '',
    end: {exit: 0},
    ...more,
  };
}

function groups(...all: Said[]) {
  const saidBy = (machine: MachineInfo) => all.find((one) => one.machine === machine) as Said;
  return outputGroups(all.map(saidKeys), saidBy).map(({machines, text, difference, end}) => ({
    names: machines.map(({name}) => name).join(' '),
    text,
    end,
    difference: difference?.map(({kind, text: line}) => `${kind}: ${line}`),
  }));
}

describe('machines are in one group', () => {
  test('when they said the same; the largest comes first, the others with what differs from it', () => {
    expect(groups(said(1, 'a\nb\n'), said(2, 'a\nc\n'), said(3, 'a\nc\n'))).toEqual([
      {names: 'node-2 node-3', text: 'a\nc', end: {exit: 0}, difference: undefined},
      {names: 'node-1', text: 'a\nb', end: {exit: 0}, difference: ['same: a', 'removed: c', 'added: b']},
    ]);
  });

  test('when only their own names and addresses differ', () => {
    const [group, ...others] = groups(
      said(1, 'node-1 (10.0.0.1)\n'),
      said(2, 'node-2 (10.0.0.2)\n'),
      said(12, 'node-12 (10.0.0.12)\n'),
    );
    expect(others).toEqual([]);
    expect(group).toMatchObject({names: 'node-1 node-2 node-12', text: '<name> (<address>)'});
  });

  test('with the name as it is when all said that one', () => {
    expect(groups(said(1, 'master is node-1\n'), said(2, 'master is node-1\n'))).toMatchObject([
      {names: 'node-1 node-2', text: 'master is node-1'},
    ]);
  });

  test('however the lines of both streams fell among each other', () => {
    expect(groups(said(1, 'a\n', {stderr: 'warning\n'}), said(2, 'a\n', {stderr: 'warning\n'}))).toMatchObject([
      {names: 'node-1 node-2', text: 'a\nwarning'},
    ]);
  });
});

describe('machines are in groups of their own', () => {
  test.each([
    ['they ended otherwise', said(1, 'a\n'), said(2, 'a\n', {end: {exit: 1}})],
    ['one said it as an error', said(1, 'a\n'), said(2, '', {stderr: 'a\n'})],
    ['they name another machine', said(1, 'master is node-3\n'), said(2, 'master is node-4\n')],
    ['a name is only a part of a word', said(1, 'node-12\n'), said(2, 'node-22\n')],
    ['an address is only a part of another', said(1, '10.0.0.15\n'), said(2, '10.0.0.25\n')],
    ['the last line did not end', said(1, 'a\n'), said(2, 'a')],
  ])('when %s', (_, first, second) => {
    expect(groups(first, second)).toHaveLength(2);
  });
});

test('a difference from a group without names does not show the name of the machine', () => {
  const all = [said(1, 'node-1\nok\n'), said(2, 'node-2\nok\n'), said(3, 'node-3\nbroken\n')];
  expect(groups(...all)[1]).toMatchObject({
    names: 'node-3',
    text: 'node-3\nbroken',
    difference: ['same: <name>', 'removed: ok', 'added: broken'],
  });
});

test('nobody said anything', () => {
  expect(groups()).toEqual([]);
});
