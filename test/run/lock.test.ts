import {spawn} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Holder, holderOf, lockPlace, takeLock} from '../../src/engine/run/lock.ts';
import {fateOf, thisProcess} from '../../src/engine/run/process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-lock-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const holder = (change: Partial<Holder>): Holder => ({
  ...thisProcess(),
  user: 'ann',
  run: 'run-1',
  since: 0,
  ...change,
});
const leave = (change: Partial<Holder>) => writeFileSync(join(folder, 'images.1'), JSON.stringify(holder(change)));

describe('a lock', () => {
  test('is taken, refused to others with its holder, and free again after its release', () => {
    const lock = takeLock(folder, 'images', 'run-1', 0);
    expect(holderOf(folder, 'images')).toMatchObject({run: 'run-1', pid: process.pid});
    expect(() => takeLock(folder, 'images', 'run-2', 0)).toThrow(
      /^images is locked by run run-1 of \S+ on \S+ \(process \d+\), since 1970/,
    );
    lock.release();
    lock.release();
    expect(holderOf(folder, 'images')).toBeUndefined();
    const second = takeLock(folder, 'images', 'run-2', 0);
    expect(second.tookOverFrom).toBeUndefined();
    expect(holderOf(folder, 'images')?.run).toBe('run-2');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('one name does not stand in the way of another', () => {
    takeLock(folder, 'images', 'run-1', 0);
    expect(() => takeLock(folder, 'images.x', 'run-2', 0)).not.toThrow();
    expect(() => takeLock(folder, 'image', 'run-2', 0)).not.toThrow();
  });

  const gone: readonly (readonly [string, Partial<Holder>])[] = [
    ['of a process that is gone', {pid: 2 ** 22 + 1}],
    ['of a process whose number another one has now', {started: '1'}],
    ['from before a reboot', {bootId: 'another boot'}],
  ];
  test.each(gone)('%s is taken over, and from whom is told', (_name, change) => {
    leave(change);
    expect(takeLock(folder, 'images', 'run-2', 0).tookOverFrom).toEqual(holder(change));
    expect(holderOf(folder, 'images')?.run).toBe('run-2');
  });

  test('of another computer is never taken over, because nobody here can tell', () => {
    leave({host: 'elsewhere', bootId: 'another boot'});
    expect(() => takeLock(folder, 'images', 'run-2', 0)).toThrow('on elsewhere');
  });

  test('in a state folder that a group shares is theirs too', () => {
    const home = join(folder, 'shared');
    mkdirSync(home);
    chmodSync(home, 0o2770);
    takeLock(join(home, 'locks'), 'images', 'run-1', 0);
    expect(statSync(join(home, 'locks')).mode & 0o777).toBe(0o770);
    expect(statSync(join(home, 'locks', 'images.1')).mode & 0o777).toBe(0o660);
    takeLock(join(folder, 'own', 'locks'), 'images', 'run-1', 0);
    expect(statSync(join(folder, 'own', 'locks')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'own', 'locks', 'images.1')).mode & 0o777).toBe(0o600);
  });

  test('that may not be read counts as held', () => {
    mkdirSync(join(folder, 'images.1'));
    expect(() => takeLock(folder, 'images', 'run-2', 0)).toThrow('Who holds a lock cannot be read');
  });

  test('that a crash of the machine left torn is free', () => {
    writeFileSync(join(folder, 'images.1'), '{"pid":12');
    expect(takeLock(folder, 'images', 'run-2', 0).tookOverFrom).toBeUndefined();
  });

  test('left by a dead process goes to exactly one of many who want it at once', async () => {
    leave({pid: 2 ** 22 + 1});
    const script = join(import.meta.dirname, 'take-lock.ts');
    const takers = Array.from({length: 8}, () =>
      spawn(process.execPath, [script, folder], {stdio: ['pipe', 'pipe', 'inherit']}),
    );
    const line = (taker: (typeof takers)[number]) =>
      new Promise<string>((resolve) => taker.stdout.once('data', (bytes) => resolve(String(bytes).trim())));
    // All are up before any may begin.
    await Promise.all(takers.map(line));
    const said = takers.map(line);
    for (const taker of takers) taker.stdin.write('go\n');
    const results = await Promise.all(said);
    const ended = takers.map((taker) => new Promise((resolve) => taker.once('exit', resolve)));
    for (const taker of takers) taker.stdin.end();
    await Promise.all(ended);
    // 40 rounds, in each of which all want a lock whose holder is dead.
    const winners = results.map((text) => text.split('').map(Number));
    for (let round = 0; round < 40; round++)
      expect(
        winners.reduce((sum, wins) => sum + (wins[round] ?? 0), 0),
        `round ${round}`,
      ).toBe(1);
  });

  test('on images lies beside all clusters, any other in its own cluster', () => {
    const places = {stateHome: '/s', stateFolder: '/s/prod'};
    expect(lockPlace({scope: 'images', of: 'ab/12'}, places)).toEqual({folder: '/s/locks', name: 'images-ab_12'});
    expect(lockPlace({scope: 'machines', of: 'prod'}, places)).toEqual({
      folder: '/s/prod/locks',
      name: 'machines-prod',
    });
  });
});

describe('the fate of a process', () => {
  test('a process that ended and was not yet collected is dead', async () => {
    // The shell becomes sleep, which never collects the child it was left with.
    const child = spawn('sh', ['-c', 'true & echo $!; exec sleep 60']);
    const pid = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
    const {host, bootId} = thisProcess();
    while (fateOf({pid, host, bootId}) !== 'dead') await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
  });

  test('this process is alive', () => {
    expect(fateOf(thisProcess())).toBe('alive');
  });
});
