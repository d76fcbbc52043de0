import {copyFileSync, existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, describe, expect, test, vi} from 'vitest';
import {execute} from '../lab/execute.ts';
import {whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of where lab hosts can be', whyNoLab());

const sayWhyNot = fileURLToPath(new URL('../lab/say-why-no-lab.ts', import.meta.url));
const ownALab = fileURLToPath(new URL('../lab/own-a-lab.ts', import.meta.url));

describe.skipIf(obstacle)('a lab', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pai-obstacles-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  /** What is said where a program of this name runs, with these arguments. It and who asks see no other processes. */
  const whyNotBeside = (name: string, arguments_: string) => {
    copyFileSync('/bin/sh', join(folder, name));
    const beside = `"$1" -c 'while :; do sleep 1; done' ${arguments_} & shift; "$@"`;
    const own = ['--pid', '--fork', '--kill-child', '--mount', '--mount-proc'];
    const asking = [process.execPath, sayWhyNot];
    return execute('unshare', [...own, 'sh', '-c', beside, 'sh', join(folder, name), ...asking]);
  };

  test.each([
    ['kubelet', '--config=/var/lib/kubelet/config.yaml', 'runs a kubelet'],
    ['containerd-shim-runc-v2', '-namespace moby', 'runs containers'],
    ['conmon', '', 'runs containers'],
  ])('is not brought up beside a %s', async (name, arguments_, said) => {
    expect(await whyNotBeside(name, arguments_)).toContain(said);
  });

  test('is brought up beside the containers of other tests', async () => {
    expect(await whyNotBeside('containerd-shim-runc-v2', '-address /tmp/pai-tests-engine-abc/c')).toBe('\n');
  });

  test('is not brought up without the rights for it, and the sentence says so', async () => {
    const asRoot = [process.execPath, sayWhyNot];
    expect(await execute('setpriv', ['--bounding-set=-sys_admin', '--', ...asRoot])).toContain('the kernel refuses');
    expect(await execute('setpriv', ['--bounding-set=-net_admin', '--', ...asRoot])).toContain('the kernel refuses');
  });

  test('that is missing fails the tests where all of it was to be installed, and is told elsewhere', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const ci of ['true', '']) {
      vi.stubEnv('CI', ci).stubEnv('PAI_TEST_SYSTEM', '');
      expect(tellObstacle('Tests of it', undefined)).toBeUndefined();
    }
    expect(tellObstacle('Tests of it', 'haproxy missing')).toBe('haproxy missing');
    expect(told.mock.calls).toEqual([['Tests of it are skipped: haproxy missing.']]);
    vi.stubEnv('CI', 'true');
    expect(() => tellObstacle('Tests of it', 'haproxy missing')).toThrow(
      'Tests of it would be skipped, on a computer that can have labs: haproxy missing.',
    );
    expect(told).toHaveBeenCalledOnce();
    // Where it cannot be, that is no failure in CI either.
    const asked = await execute('setpriv', ['--bounding-set=-sys_admin', '--', process.execPath, sayWhyNot]);
    expect(asked).toContain('the kernel refuses');
  });

  test.skipIf(!existsSync('/sys/fs/cgroup/unified/cgroup.procs'))(
    'is up where control groups are of version 2',
    async () => {
      const surroundings = 'mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup; exec "$@"';
      const own = ['--mount', '--propagation=private', 'sh', '-c', surroundings, 'sh'];
      // It ends with its input.
      expect(await execute('unshare', [...own, process.execPath, ownALab])).toMatch(/^10\.77\.\d+\.11\n$/);
    },
  );
});
