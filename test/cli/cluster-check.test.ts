import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {checkPage} from '../../src/cli/check-page.ts';
import type {CheckReport, CheckResult} from '../../src/engine/cluster/types.ts';
import type {Problem} from '../../src/engine/problem.ts';
import {createFakeEngine} from '../helpers/fake-engine.ts';
import {createFakeMachines, machine} from './fake-machines.ts';
import {makeConfig} from './machine-config.ts';
import {runCommand} from './open-command.ts';

const results: readonly CheckResult[] = [
  {machine: 'gpu-01', check: 'memory', state: 'ok', detail: '64 GiB.'},
  {machine: 'gpu-02', check: 'memory', state: 'ok', detail: '32 GiB.'},
  {machine: 'gpu-01', check: 'swap', state: 'warning', detail: 'It has 8 GiB of swap.', fix: 'Switch it off.'},
  {machine: 'gpu-02', check: 'swap', state: 'warning', detail: 'It has 8 GiB of swap.', fix: 'Switch it off.'},
  {machine: 'gpu-01', check: 'ports', state: 'ok', detail: '10250 are free.'},
  {
    machine: 'gpu-02',
    check: 'ports',
    state: 'failed',
    detail: 'Port 10250 is taken by \u001b[31mnginx.',
    fix: 'Stop nginx.',
  },
  {check: 'clock', state: 'unknown', detail: 'Nobody says what time it is.'},
];

describe('the page', () => {
  test('is by what was checked, with machines of the same result together and the gravest first', () => {
    expect(checkPage(results, {colour: false, columns: undefined, utf8: true})).toBe(`\
✓ ok       memory  gpu-[01-02]
! warning  swap    gpu-[01-02]: It has 8 GiB of swap.
                   fix: Switch it off.
✗ failed   ports   gpu-02: Port 10250 is taken by nginx.
                   fix: Stop nginx.
✓ ok               gpu-01: 10250 are free.
? unknown  clock   Nobody says what time it is.

1 failed, 2 warnings, 1 unknown, 3 ok.`);
  });

  test('keeps to the columns of a terminal, and to ASCII where that is all there is', () => {
    const page = checkPage(results, {colour: false, columns: 60, utf8: false});
    expect(page.split('\n').filter((line) => line.length > 60)).toEqual([]);
    expect(page).toMatch(/^x failed {3}ports {3}gpu-02: Port 10250 is taken by/m);
  });

  test('says when nothing is in the way', () => {
    expect(checkPage(results.slice(0, 2), {colour: false, columns: 80, utf8: true})).toMatch(
      /2 ok\. Nothing is in the way of a cluster\.$/,
    );
  });
});

describe('cluster check', () => {
  let config: ReturnType<typeof makeConfig>;
  beforeAll(() => {
    config = makeConfig();
  });
  afterAll(() => config.remove());

  const down: Problem = {code: 'machine-unreachable', message: 'gpu-02 does not answer.'};
  const run = (report: Partial<CheckReport>, ...argv: string[]) => {
    const machines = createFakeMachines({machines: [machine('gpu-01'), machine('gpu-02')]});
    const {engine} = createFakeEngine({check: {results, reached: ['gpu-01', 'gpu-02'], refusals: [], ...report}});
    return runCommand(['cluster', 'check', '-c', config.folder, ...argv], {
      engine: {...engine, machines: machines.machines},
    });
  };

  test.each<readonly [string, number, Partial<CheckReport>]>([
    ['where a check failed', 1, {}],
    ['where none did, whatever is unknown', 0, {results: results.filter(({state}) => state !== 'failed')}],
    [
      'where a machine was not reached',
      1,
      {
        results: [{machine: 'gpu-02', check: 'reachable', state: 'failed', detail: 'x'}],
        reached: ['gpu-01'],
        refusals: [{machine: 'gpu-02', problem: down}],
      },
    ],
    [
      'where none was',
      6,
      {
        reached: [],
        refusals: [
          {machine: 'gpu-01', problem: down},
          {machine: 'gpu-02', problem: down},
        ],
      },
    ],
    [
      'where host keys alone were in the way',
      4,
      {reached: [], refusals: [{machine: 'gpu-01', problem: {code: 'host-key-unknown', message: 'x'}}]},
    ],
  ])('%s ends with %i', async (_, code, report) => {
    expect((await run(report)).code).toBe(code);
  });

  test('as JSON has every result as it is', async () => {
    const {stdout} = await run({}, '--json');
    expect(JSON.parse(stdout)).toEqual({checks: results});
  });
});
