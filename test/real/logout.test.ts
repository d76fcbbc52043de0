import {chownSync, existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {builtProgram} from '../helpers/built-program.ts';
import {operatorId, projectInside, type RealLogind, startRealLogind, whyNoRealLogind} from '../helpers/real-logind.ts';
import {makePlace, type Place} from '../run/a-run.ts';

const obstacle = whyNoRealLogind();
if (obstacle) console.error(`Tests of logging out are skipped: ${obstacle}.`);

const node = `${projectInside}/node_modules/node/bin/node`;
const program = `${node} ${projectInside}/dist/main.js`;

describe.skipIf(obstacle)('a run, when its operator logs out of a computer with systemd', () => {
  let place: Place;
  let logind: RealLogind;
  let whyNot: string | undefined;
  let round = 0;
  /** State home of one test. */
  let home: string;

  beforeAll(async () => {
    await builtProgram();
    place = makePlace();
    try {
      logind = await startRealLogind(place.home);
    } catch (error) {
      // Containers may allow mounts, and not these.
      whyNot = (error as Error).message;
      console.error(`Tests of logging out are skipped. ${whyNot}`);
    }
  });
  afterAll(async () => {
    await logind?.stop();
    place?.remove();
  });
  beforeEach(({skip}) => {
    skip(whyNot !== undefined, whyNot);
    home = join(place.home, String(++round));
    mkdirSync(join(home, '.target'), {recursive: true});
    writeFileSync(join(home, '.facts'), 'facts 1');
    for (const path of [place.home, home, join(home, '.target')]) chownSync(path, operatorId, operatorId);
  });

  /** What an operator types: asks what becomes of runs, starts one that waits, and logs out when it is at work. */
  const session = () => `
    ${program} info --state ${home} | grep 'after logout'
    ${node} test/run/start-six-tasks.ts ${home} > /dev/null 2>&1 &
    until grep -qs task-started ${home}/cluster/runs/*/journal.jsonl; do sleep 0.1; done
    cat /proc/$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' ${home}/cluster/runs/*/runner.json)/cgroup`;
  const status = async () => {
    const said = await logind.run(['/bin/sh', '-c', `${program} run list --json --state ${home}`]);
    const {runs} = JSON.parse(said) as {readonly runs: readonly {readonly state: string}[]};
    return runs.map(({state}) => state);
  };
  const untilStatus = (wanted: string) => expect.poll(status, {timeout: 30_000}).toEqual([wanted]);
  const linger = async () => {
    await logind.run(['loginctl', 'enable-linger', 'operator']);
    await expect
      .poll(() => logind.run(['ls', `/run/user/${operatorId}/systemd`]).catch(() => ''), {timeout: 30_000})
      .toContain('private');
  };
  const letGo = () => writeFileSync(join(home, '.target', 'go-a'), '');

  test('is told to stop where logind ends what is left, and info says so before', async () => {
    const said = await logind.login(['/bin/sh', '-c', session()]);
    expect(said).toContain(
      'runs end: systemd-logind ends the processes of operator at logout; `loginctl enable-linger',
    );
    expect(said).toMatch(/^0::\/user\.slice\/user-4711\.slice\/session-c\d+\.scope$/m);
    await untilStatus('stopped');
  });

  test('goes on in a scope of its own where the operator lingers, and info says so', async () => {
    await linger();
    const said = await logind.login(['/bin/sh', '-c', session()]);
    expect(said).toContain('runs go on: runs start as scopes of the user manager, and operator lingers');
    expect(said).toMatch(/^0::\/user\.slice\/user-4711\.slice\/user@4711\.service\/app\.slice\/run-\w+\.scope$/m);
    const sessions = () => logind.run(['loginctl', 'list-sessions', '--no-legend']);
    await expect.poll(sessions, {timeout: 30_000}).toBe('');
    expect(await status()).toEqual(['running']);
    letGo();
    await untilStatus('done');
  });

  test('is told to stop although the operator lingers when it got no scope, and info says so before', async () => {
    await linger();
    const said = await logind.login(['/bin/sh', '-c', `unset XDG_RUNTIME_DIR; ${session()}`]);
    expect(said).toContain('runs end: systemd-logind ends the processes of operator at logout; lingering would help');
    await untilStatus('stopped');
    await logind.run(['loginctl', 'disable-linger', 'operator']);
  });

  test('of one who became root in the session goes on in a scope of systemd, and info says so', async () => {
    // As sudo does: another user in the same session.
    const enter = 'echo $$ | tee /sys/fs/cgroup/user.slice/user-4711.slice/session-*.scope/cgroup.procs > /dev/null';
    const there = logind.login(['/bin/sh', '-c', `touch ${home}/in; until [ -e ${home}/left ]; do sleep 0.1; done`]);
    await expect.poll(() => existsSync(join(home, 'in')), {timeout: 30_000}).toBe(true);
    writeFileSync(join(home, 'sudo'), `cd ${projectInside}; ${enter}; ${session()}; touch ${home}/left`);
    const said = await logind.run(['systemd-run', '--quiet', '--wait', '--pipe', '/bin/sh', join(home, 'sudo')]);
    await there;
    expect(said).toContain('runs go on: runs start as scopes of systemd');
    expect(said).toMatch(/^0::\/system\.slice\/run-\w+\.scope$/m);
    expect(await status()).toEqual(['running']);
    letGo();
    await untilStatus('done');
  });

  test('goes on where logind is told to let it, and info says so', async () => {
    await logind.run(['/bin/sh', '-c', 'echo [Login] > /etc/systemd/logind.conf; systemctl restart systemd-logind']);
    const said = await logind.login(['/bin/sh', '-c', session()]);
    expect(said).toContain('runs go on: systemd-logind lets processes of operator go on after logout');
    expect(await status()).toEqual(['running']);
    letGo();
    await untilStatus('done');
    expect(existsSync(join(home, '.target', 'f'))).toBe(true);
  });
});
