import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {
  type ClusterLock,
  type ClusterLockRequest,
  otherHolder,
  takeClusterLock,
} from '../../src/engine/cluster/lock/cluster-lock.ts';
import {askMaster} from '../../src/engine/cluster/lock/master-lock.ts';
import type {MachineAccess} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {createLocalRemote} from '../helpers/local-remote.ts';
import {createFakeClock} from '../run/fake-clock.ts';
import {createFakeMasters} from '../run/fake-masters.ts';
import '../helpers/property-seed.ts';

const clock = createClock();
const {signal} = new AbortController();
let base: string;
let locks: ClusterLock[];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pai-cluster-lock-'));
  locks = [];
});
afterEach(async () => {
  await Promise.all(locks.map((lock) => lock.release()));
  rmSync(base, {recursive: true});
});

/** Masters on this computer, each with a folder of its own; those in `cut` are asked in vain, those in `hung` for ever. */
function mastersSeen(cut: ReadonlySet<string>, hung: ReadonlySet<string> = new Set()): MachineAccess {
  return {
    async use(machine, work) {
      if (hung.has(machine)) return new Promise(() => {});
      const check = () => {
        if (cut.has(machine))
          throw new ProblemError({code: 'machine-unreachable', message: `${machine} does not answer.`, machine});
      };
      check();
      const local = createLocalRemote({name: machine});
      const result = await work({
        ...local,
        // Each master has the lock in the folder of its own.
        run: (command, ...rest) => {
          const [mark = '', what = '', folder = '', ...args] = command.args ?? [];
          return local.run({...command, args: [mark, what, join(folder, machine), ...args]}, ...rest);
        },
      });
      check();
      return result;
    },
  };
}

interface Operator {
  readonly name: string;
  readonly cut?: ReadonlySet<string>;
  readonly hung?: ReadonlySet<string>;
}

const three = ['m1', 'm2', 'm3'];

async function take(
  {name, cut = new Set(), hung = new Set()}: Operator,
  more: Partial<ClusterLockRequest> = {},
): Promise<ClusterLock> {
  const lock = await takeClusterLock(
    {
      machines: mastersSeen(cut, hung),
      clock,
      masters: three,
      holder: {token: `token-of-${name}`, words: `run 1 of ${name}`},
      folder: base,
      random: () => 0,
      ...more,
    },
    signal,
  );
  locks.push(lock);
  return lock;
}

function expire(...masters: readonly string[]): void {
  for (const master of masters) {
    const file = join(base, master, 'lock');
    const [token, , ...rest] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [token, '1000', ...rest].join('\n'));
  }
}

const heldOn = (name: string) =>
  three.filter((master) => {
    const file = join(base, master, 'lock');
    return existsSync(file) && readFileSync(file, 'utf8').startsWith(`token-of-${name}\n`);
  });

describe('the lock on a cluster', () => {
  test('is held on every master until it is released, readable by root alone', async () => {
    const lock = await take({name: 'ann'});
    expect(lock.on).toEqual(three);
    expect(heldOn('ann')).toEqual(three);
    expect(statSync(join(base, 'm1', 'lock')).mode & 0o777).toBe(0o600);
    await lock.release();
    expect(heldOn('ann')).toEqual([]);
    expect(lock.lost.aborted).toBe(false);
    expect(readdirSync(base)).toEqual([]);
  });

  test('is refused to another one, with who has it', async () => {
    await take({name: 'ann'});
    const error = await take({name: 'bob'}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({problem: {code: 'lock-held', message: expect.stringContaining('run 1 of ann')}});
    expect(otherHolder(error)).toMatchObject({isExpired: false});
    expect(heldOn('ann')).toEqual(three);
  });

  test('can be taken with one master of three down, and not with two', async () => {
    await take({name: 'ann', cut: new Set(['m2'])});
    expect(heldOn('ann')).toEqual(['m1', 'm3']);
    await locks[0]?.release();
    await expect(take({name: 'ann', cut: new Set(['m2', 'm3'])})).rejects.toMatchObject({
      problem: {code: 'machine-unreachable', message: expect.stringContaining('needs 2 of 3 masters, and 1 can')},
    });
    expect(heldOn('ann')).toEqual([]);
  });

  test('is not given to both halves of a partition, whichever comes first', async () => {
    await take({name: 'ann', cut: new Set(['m3'])});
    await expect(take({name: 'bob', cut: new Set(['m1', 'm2'])})).rejects.toMatchObject({
      problem: {code: 'machine-unreachable'},
    });
    // With the one he reaches beside one that ann has, he has no majority either.
    await expect(take({name: 'bob', cut: new Set(['m1'])})).rejects.toMatchObject({problem: {code: 'lock-held'}});
    expect(heldOn('ann')).toEqual(['m1', 'm2']);
    expect(heldOn('bob')).toEqual([]);
  });

  test('of somebody who is gone expires, and is taken over only after it was agreed to', async () => {
    await take({name: 'ann'});
    expire(...three);
    const error = await take({name: 'bob'}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({problem: {code: 'lock-held', message: expect.stringContaining('has not been heard')}});
    const holder = otherHolder(error);
    expect(holder).toEqual({by: {token: 'token-of-ann', words: 'run 1 of ann'}, isExpired: true});
    await take({name: 'bob'}, {over: [holder?.by.token ?? '']});
    expect(heldOn('bob')).toEqual(three);
  });

  test('that lives is not taken over, whatever was agreed to', async () => {
    await take({name: 'ann'});
    await expect(take({name: 'bob'}, {over: ['token-of-ann']})).rejects.toMatchObject({problem: {code: 'lock-held'}});
    expect(heldOn('ann')).toEqual(three);
  });

  test('of several who are gone, each on a part of the masters, is taken over from all of them', async () => {
    await take({name: 'ann'});
    expire('m1', 'm2');
    await take({name: 'bob', cut: new Set(['m3'])}, {over: ['token-of-ann']});
    expire(...three);
    const eve = {name: 'eve', cut: new Set(['m2'])};
    await expect(take(eve, {over: ['token-of-bob']})).rejects.toMatchObject({problem: {code: 'lock-held'}});
    await take(eve, {over: ['token-of-bob', 'token-of-ann']});
    expect(heldOn('eve')).toEqual(['m1', 'm3']);
  });

  test('is taken over from whom it was agreed to, not from whoever has it by now', async () => {
    await take({name: 'ann'});
    expire(...three);
    await take({name: 'bob'}, {over: ['token-of-ann']});
    expire(...three);
    await expect(take({name: 'eve'}, {over: ['token-of-ann']})).rejects.toMatchObject({problem: {code: 'lock-held'}});
  });

  test('of somebody who has ended is taken at once, and what is left of that one renews nothing', async () => {
    const first = await take({name: 'ann'}, {seconds: 3});
    await take({name: 'bob'}, {ended: ['token-of-ann']});
    expect(heldOn('bob')).toEqual(three);
    await expect.poll(() => first.lost.aborted, {timeout: 20_000}).toBe(true);
    await first.release();
    expect(heldOn('bob')).toEqual(three);
    await expect(take({name: 'eve'}, {ended: ['token-of-ann']})).rejects.toMatchObject({problem: {code: 'lock-held'}});
  });

  test('is refused where two names lead to one machine, which would count twice', async () => {
    const seen = mastersSeen(new Set(['m2']));
    const machines: MachineAccess = {
      use: (machine, work, until) => seen.use(machine === 'm3' ? 'm1' : machine, work, until),
    };
    await expect(take({name: 'ann'}, {machines})).rejects.toMatchObject({
      problem: {
        code: 'config-invalid',
        message: expect.stringMatching(/^m[13] and m[13] are two names of one machine/),
      },
    });
    expect(readdirSync(base)).toEqual([]);
  });

  test('is renewed while it is held', async () => {
    const untilOf = () => Number(readFileSync(join(base, 'm1', 'lock'), 'utf8').split('\n')[1]);
    const lock = await take({name: 'ann'}, {seconds: 9});
    const first = untilOf();
    await expect.poll(untilOf, {timeout: 20_000}).toBeGreaterThan(first);
    expect(lock.lost.aborted).toBe(false);
  });

  test('is lost in good time where the masters cannot be reached any more', async () => {
    const cut = new Set<string>();
    const lock = await take({name: 'ann', cut}, {seconds: 3});
    cut.add('m1').add('m3');
    await expect.poll(() => lock.lost.aborted, {timeout: 20_000}).toBe(true);
    expect(lock.lost.reason).toMatchObject({problem: {code: 'lock-held'}});
  });

  test('is kept where one of three masters hangs, however long', async () => {
    const hung = new Set<string>();
    const untilOf = () => Number(readFileSync(join(base, 'm1', 'lock'), 'utf8').split('\n')[1]);
    const lock = await take({name: 'ann', hung}, {seconds: 4});
    hung.add('m2');
    const first = untilOf();
    // Longer than it is held for without a renewal.
    await expect.poll(untilOf, {timeout: 30_000}).toBeGreaterThan(first + 4);
    expect(lock.lost.aborted).toBe(false);
    hung.clear();
  }, 60_000);

  test('is taken on masters that come back while it is held', async () => {
    const cut = new Set(['m2']);
    await take({name: 'ann', cut}, {seconds: 3});
    cut.clear();
    await expect.poll(() => heldOn('ann'), {timeout: 20_000}).toEqual(three);
  });

  test('is lost when somebody took it over', async () => {
    const lock = await take({name: 'ann'}, {seconds: 3});
    for (const master of three) writeFileSync(join(base, master, 'lock'), 'another\n99999999999\nrun 2 of bob\n');
    await expect.poll(() => lock.lost.aborted, {timeout: 20_000}).toBe(true);
    await lock.release();
    expect(readFileSync(join(base, 'm1', 'lock'), 'utf8')).toContain('another');
  });

  test('without a majority is for what mends the cluster: every master that answers', async () => {
    const lock = await take({name: 'ann', cut: new Set(['m2', 'm3'])}, {withoutMajority: true});
    expect(lock.on).toEqual(['m1']);
    await expect(take({name: 'bob', cut: new Set(['m2', 'm3'])}, {withoutMajority: true})).rejects.toMatchObject({
      problem: {code: 'lock-held'},
    });
    await expect(take({name: 'bob', cut: new Set(three)}, {withoutMajority: true})).rejects.toMatchObject({
      problem: {code: 'machine-unreachable'},
    });
  });

  test('is never had by two on one master, though each takes its folder away again', async () => {
    let [inside, had] = [0, 0];
    const machines = mastersSeen(new Set());
    await Promise.all(
      Array.from({length: 5}, async (_, index) => {
        const holder = {token: `token-of-${index}`, words: `run ${index}`};
        const ask = async (what: 'take' | 'renew' | 'release') =>
          (await askMaster(machines, 'm1', {what, holder, seconds: 60, folder: base}, signal)).says;
        for (let round = 0; round < 12; round++) {
          if ((await ask('take')) === 'taken') {
            expect([++inside, await ask('renew')]).toEqual([1, 'renewed']);
            inside--;
            had++;
          }
          await ask('release');
        }
      }),
    );
    expect(had).toBeGreaterThan(5);
    expect(readdirSync(base)).toEqual([]);
  });

  test('without a majority is kept by one as soon as it had one', async () => {
    const still = createFakeClock();
    const machines = createFakeMasters(three, still);
    const lock = await take({name: 'ann'}, {machines, clock: still, withoutMajority: true});
    machines.cut.add('m2');
    await still.pass(600_000);
    expect(lock.lost.aborted).toBe(false);
    machines.cut.add('m1');
    await still.pass(60_000);
    expect(lock.lost.aborted).toBe(true);
  });

  test('is free again where its file was torn', async () => {
    await take({name: 'ann'});
    for (const master of three) writeFileSync(join(base, master, 'lock'), '');
    await take({name: 'bob'});
    expect(heldOn('bob')).toEqual(three);
  });

  test('cannot be had by two at once, whatever each of them can reach', async () => {
    const reach = fc.subarray(three, {minLength: 0, maxLength: 3});
    await fc.assert(
      fc.asyncProperty(fc.array(reach, {minLength: 2, maxLength: 3}), async (cuts) => {
        const results = await Promise.allSettled(
          cuts.map((cut, index) => take({name: `n${index}`, cut: new Set(cut)})),
        );
        const winners = results.filter(({status}) => status === 'fulfilled').length;
        await Promise.all(locks.splice(0).map((lock) => lock.release()));
        for (const master of three) rmSync(join(base, master), {recursive: true, force: true});
        expect(winners).toBeLessThanOrEqual(1);
      }),
      {numRuns: 12},
    );
  });
});
