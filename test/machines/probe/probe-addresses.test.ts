import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {probeAddresses} from '../../../src/engine/machines/probe/probe-addresses.ts';
import {ProblemError} from '../../../src/engine/problem.ts';

test.each<[readonly string[], readonly string[]]>([
  [['10.0.0.11'], ['10.0.0.11']],
  [['10.0.0.9-12'], ['10.0.0.9', '10.0.0.10', '10.0.0.11', '10.0.0.12']],
  [['10.0.0.254-10.0.1.1'], ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
  [['10.0.0.[7,9-10]'], ['10.0.0.7', '10.0.0.9', '10.0.0.10']],
  [['gpu[08-10].example'], ['gpu08.example', 'gpu09.example', 'gpu10.example']],
  [
    ['10.0.0.2, 10.0.0.1', 'node-7'],
    ['10.0.0.2', '10.0.0.1', 'node-7'],
  ],
  [['10.0.0.1-2 10.0.0.2-3'], ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
  [
    ['fd00::11', 'fe80::1%eth0'],
    ['fd00::11', 'fe80::1%eth0'],
  ],
  [['gpu-01'], ['gpu-01']],
])('%j are %j', (typed, expected) => {
  expect(probeAddresses(typed)).toEqual(expected);
});

describe('what is no address is said', () => {
  test.each([
    ['', 'There is no address to look at.'],
    ['10.0.0.256', '10.0.0.256 is no address and no name of a machine.'],
    ['10.0.0', '10.0.0 is no address and no name of a machine.'],
    ['10.0.0.9-8', '10.0.0.9-8 runs backwards.'],
    ['10.0.0.9-300', '10.0.0.9-300 is no range of IPv4 addresses.'],
    ['10.0.0.0-10.1.0.0', '10.0.0.0-10.1.0.0 stands for more than 4096 addresses.'],
    ['a[1-4000] b[1-4000]', 'b[1-4000] brings it to more than 4096 addresses.'],
    ['10.0.0.0/24', '10.0.0.0/24 is a network, and a range is looked through.'],
    ['gpu[1-', 'gpu[1- has a [ without a ] after it.'],
    ['-oProxyCommand=x', '-oProxyCommand=x is no address and no name of a machine.'],
    ['root@node-1', 'root@node-1 is no address and no name of a machine.'],
    ['a;b', 'a;b is no address and no name of a machine.'],
  ])('%j', (typed, message) => {
    expect(() => probeAddresses([typed])).toThrow(
      expect.objectContaining({problem: expect.objectContaining({code: 'usage', message})}),
    );
  });

  test('whatever is typed', () => {
    fc.assert(
      fc.property(fc.array(fc.string({unit: 'binary'})), (typed) => {
        try {
          for (const address of probeAddresses(typed)) expect(address).toMatch(/^[A-Za-z0-9:][\w.:%-]*$/);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
        }
      }),
    );
  });
});
