import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {hostGroups} from '../../src/engine/machines/host-groups.ts';
import {matchHostLists} from '../../src/engine/machines/host-list.ts';
import type {MachineInfo} from '../../src/engine/machines/types.ts';
import {machineInfo, sampleMachines} from './sample-machines.ts';

function names(...lists: string[]): string {
  const {machines, problem} = matchHostLists(lists, sampleMachines);
  return machines ? machines.map(({name}) => name).join(' ') : `${problem.code}: ${problem.message}`;
}

const all = sampleMachines.map(({name}) => name).join(' ');
const workers = 'gpu01 gpu02 gpu03 gpu04 node-7 node-8';

describe('a host list names', () => {
  test.each([
    ['gpu01', 'gpu01'],
    ['10.0.0.12', 'gpu02'],
    ['gpu[01-03]', 'gpu01 gpu02 gpu03'],
    ['gpu[01-02,04]', 'gpu01 gpu02 gpu04'],
    ['gpu[ 01 - 02 ]', "usage: The host list 'gpu[ 01 - 02 ]' has 01 - 02 in brackets, which is no range."],
    ['10.0.0.1[1-2]', 'gpu01 gpu02'],
    ['g*', 'gpu01 gpu02 gpu03 gpu04'],
    ['*', all],
    ['node-?', 'node-7 node-8'],
    ['*[3-4]', 'master-3 gpu03 gpu04'],
    ['@all', all],
    ['@masters', 'master-1 master-2 master-3'],
    ['@master', 'master-1 master-2 master-3'],
    ['@workers', workers],
    ['@proxies', 'proxy'],
    ['@gpu', 'gpu01 gpu02 gpu03 gpu04 node-7'],
    ['@cpu', 'master-1 master-2 master-3 proxy'],
    ['@sku:NC24R', 'gpu01 gpu02 gpu03 gpu04 node-7'],
    ['@sku:nc24r', 'gpu01 gpu02 gpu03 gpu04 node-7'],
    ['@sku:*', 'master-1 master-2 master-3 proxy gpu01 gpu02 gpu03 gpu04 node-7'],
    ['@pai-storage', 'node-7'],
  ])('%s', (list, expected) => {
    expect(names(list)).toBe(expected);
  });

  test.each([
    ['gpu02,gpu01', 'gpu01 gpu02'],
    ['gpu02|gpu01', 'gpu01 gpu02'],
    ['gpu02 gpu01', 'gpu01 gpu02'],
    ['@workers&@gpu', 'gpu01 gpu02 gpu03 gpu04 node-7'],
    ['@all&!node-7&!@masters', 'proxy gpu01 gpu02 gpu03 gpu04 node-8'],
    ['@workers!node-7', 'gpu01 gpu02 gpu03 gpu04 node-8'],
    ['@workers,!node-7', 'gpu01 gpu02 gpu03 gpu04 node-8'],
    ['!@workers', 'master-1 master-2 master-3 proxy'],
    ['!(@workers,proxy)', 'master-1 master-2 master-3'],
    ['proxy,(@gpu&@zookeeper)', 'proxy node-7'],
    ['@masters & @workers', ''],
  ])('%s, joined from the left', (list, expected) => {
    expect(names(list)).toBe(expected);
  });

  test('never what is taken away last, whatever is added before', () => {
    expect(names('@workers,@gpu&!node-7')).toBe('gpu01 gpu02 gpu03 gpu04 node-8');
  });

  test('with the words of a command line: each adds, one that begins with ! takes away', () => {
    expect(names('proxy', '@gpu&@zookeeper')).toBe('proxy node-7');
    expect(names('@workers', '!@gpu')).toBe('node-8');
    expect(names('!@workers', 'node-8')).toBe('master-1 master-2 master-3 proxy node-8');
  });

  test('all machines without any word', () => {
    expect(names()).toBe(all);
  });

  test('a machine by its name where another has that as its address', () => {
    const machines = [machineInfo('a', {address: 'b'}), machineInfo('b', {address: 'c'})];
    expect(matchHostLists(['b'], machines).machines?.map(({name}) => name)).toEqual(['b']);
  });
});

describe('what is wrong with a host list is said', () => {
  test.each([
    ['', "usage: The host list '' is empty."],
    [' ', "usage: The host list ' ' is empty."],
    ['@gpu&', "usage: The host list '@gpu&' has nothing after its &."],
    ['@gpu,,proxy', "usage: The host list '@gpu,,proxy' has nothing after its ,."],
    ['&@gpu', "usage: The host list '&@gpu' has nothing before its &."],
    ['!', "usage: The host list '!' has nothing after its !."],
    ['!!proxy', "usage: The host list '!!proxy' has nothing after its !."],
    ['(@gpu', "usage: The host list '(@gpu' has a ( without a ) after it."],
    ['@gpu)', "usage: The host list '@gpu)' has a ) without a ( before it."],
    ['()', "usage: The host list '()' has nothing between ( and )."],
    ['gpu[01', "usage: The host list 'gpu[01' has a [ without a ] after it."],
    ['gpu01]', "usage: The host list 'gpu01]' has a ] without a [ before it."],
    ['gpu[]', "usage: The host list 'gpu[]' has empty brackets."],
    ['gpu[a-c]', "usage: The host list 'gpu[a-c]' has a-c in brackets, which is no range."],
    ['gpu[4-1]', "usage: The host list 'gpu[4-1]' has the range 4-1, which runs backwards."],
    ['gpu[1-999999999]', "usage: The host list 'gpu[1-999999999]' stands for more than 10000 names."],
    ['gpu[1-999][1-999]', "usage: The host list 'gpu[1-999][1-999]' stands for more than 10000 names."],
    ['gpu[01-07]', 'unknown-name: The configuration has no machines gpu[05-07].'],
    ['gpu[1-2]', 'unknown-name: The configuration has no machines gpu[1-2].'],
    ['cpu*', 'unknown-name: The configuration has no machine like cpu*.'],
    ['@storage', 'unknown-name: There is no group @storage.'],
    ['@sku:X*', 'unknown-name: There is no group @sku:X*.'],
    ['gpu05\u001b]0;x\u0007', "usage: The host list 'gpu05' has a ] without a [ before it."],
  ])('%j', (list, expected) => {
    expect(names(list)).toBe(expected);
  });

  test.each([
    ['gpu1', 'Did you mean gpu01?'],
    ['nod-7', 'Did you mean node-7'],
    ['workers', 'Did you mean @workers?'],
    ['@wrokers', 'Did you mean @workers?'],
    ['@nothing', 'Groups are @all @masters @workers @proxies @gpu @cpu @zookeeper @sku:D8 @sku:NC24R @pai-storage.'],
  ])('%s, with what may be meant', (list, hint) => {
    expect(matchHostLists([list], sampleMachines).problem?.hint).toContain(hint);
  });
});

test('groups that are always there are there when nobody is in them', () => {
  expect(hostGroups([]).map(({name}) => name)).toEqual(['@all', '@masters', '@workers', '@proxies', '@gpu', '@cpu']);
});

test('a label of the name of a group of ours makes no second one', () => {
  const groups = hostGroups([machineInfo('a', {roles: ['master'], labels: ['masters', 'gpu']})]);
  expect(groups.filter(({name}) => name === '@masters')).toEqual([{name: '@masters', machines: ['a']}]);
  expect(groups.find(({name}) => name === '@gpu')?.machines).toEqual([]);
});

describe('for any host list', () => {
  const word = fc.constantFrom('gpu01', 'gpu[01-03]', 'node-?', '@workers', '@gpu', '@masters', 'proxy', '10.0.0.28');
  const chosen = (list: string) => matchHostLists([list], sampleMachines).machines ?? [];
  const allWhere = (has: (machine: MachineInfo) => boolean) => sampleMachines.filter(has);

  test('adding, keeping and taking away are those of sets', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const [left, right] = [chosen(a), chosen(b)];
        expect(chosen(`${a},${b}`)).toEqual(allWhere((one) => left.includes(one) || right.includes(one)));
        expect(chosen(`${a}&${b}`)).toEqual(allWhere((one) => left.includes(one) && right.includes(one)));
        expect(chosen(`${a}&!${b}`)).toEqual(allWhere((one) => left.includes(one) && !right.includes(one)));
        expect(chosen(`!${a}`)).toEqual(allWhere((one) => !left.includes(one)));
      }),
    );
  });

  test('any text is answered with machines in their order or with one problem', () => {
    const piece = fc.constantFrom(...'@[]()!&|,*? -019ag', 'gpu0', '@workers', '[01-03]');
    const anything = fc.oneof(
      fc.string({unit: 'binary'}),
      fc.array(piece, {maxLength: 30}).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(anything, (list) => {
        const {machines, problem} = matchHostLists([list], sampleMachines);
        if (problem) expect(['usage', 'unknown-name']).toContain(problem.code);
        else expect(machines).toEqual(sampleMachines.filter((machine) => machines.includes(machine)));
      }),
    );
  });

  // Each of these takes minutes where time grows with the square of what is typed, or faster.
  test.each([
    ['open brackets', '['.repeat(900_000)],
    ['parentheses', '('.repeat(900_000)],
    ['stars', `${'*a'.repeat(50)}b`],
    ['names', Array(20_000).fill('node-0007').join(',')],
  ])('many %s are read in no time by a thousand machines', (_, list) => {
    const machines = Array.from({length: 1000}, (_, index) => {
      return machineInfo(`node-${String(index).padStart(4, '0')}`, {labels: ['a'.repeat(200)]});
    });
    machines.push(machineInfo('a'.repeat(200)));
    const {machines: found, problem} = matchHostLists([list], machines);
    expect(found?.length ?? problem?.code).toBe(
      list.startsWith('node') ? 1 : list.startsWith('*') ? 'unknown-name' : 'usage',
    );
  });
});
