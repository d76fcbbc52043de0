import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {BootupRequest, CleanRequest, RunView} from '../../src/engine/api.ts';
import {fixture} from '../catalog/trees.ts';
import {writeClusterFolder} from '../lab/cluster-folder.ts';
import {type RunWorld, runWorld} from '../lab/kubernetes/cluster-world.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle("Tests of a tree's own scripts on lab hosts", whyNoLab());

const {signal} = new AbortController();
const source = fixture('tree-g');
const runMs = 5 * 60_000;

/** The image that the tree's kubelet.sh runs. What stands in its place answers as an API server does, on every machine. */
const hyperkube = `
folder=$(mktemp -d) && mkdir "$folder/www" && cd "$folder"
cp "$(command -v busybox)" busybox
printf '#!/busybox sh\\nexec /busybox httpd -f -p 8080 -h /www\\n' >hyperkube
chmod 755 hyperkube
echo ok >www/healthz
tar -c . | docker import - gcr.io/google_containers/hyperkube:v1.9.9
cd / && rm -r "$folder"`;

describe.skipIf(obstacle)("a cluster booted by its tree's own scripts", () => {
  let lab: Lab;
  let master: Host;
  let worker: Host;
  let broken: Host;
  let folder: string;
  let config: string;
  let world: RunWorld;

  beforeAll(async () => {
    lab = await startLab({hosts: 3, docker: 3});
    [master, worker, broken] = lab.hosts as [Host, Host, Host];
    for (const host of lab.hosts) await host.sh(hyperkube);
    folder = await mkdtemp(join(tmpdir(), 'pai-tree-set-'));
    config = join(folder, 'old');
    await writeClusterFolder(config, lab.hosts);
    const kubernetes = [
      'kubernetes:',
      `  load-balance-ip: ${master.address}`,
      ...['cluster-dns: 192.0.2.53', 'service-cluster-ip-range: 169.254.0.0/16', 'storage-backend: etcd3'].map(
        indented,
      ),
      ...['docker-registry: gcr.io/google_containers', 'etcd-version: 3.2.17', 'dashboard-version: v1.8.3'].map(
        indented,
      ),
      ...['hyperkube', 'apiserver', 'kube-scheduler', 'kube-controller-manager'].map(
        (part) => `  ${part}-version: v1.9.9`,
      ),
      '  etcd-data-path: /var/etcd',
      '',
    ];
    await writeFile(join(config, 'kubernetes-configuration.yaml'), kubernetes.join('\n'));
    world = await runWorld(folder, config);
  }, 5 * 60_000);
  afterAll(async () => {
    await world?.engine.machines.close();
    if (folder) await rm(folder, {recursive: true, force: true});
    await lab?.close();
  }, 120_000);

  const boot = (): BootupRequest => ({...world.bootup(), source, packageSet: 'tree'});
  const cleaning = (force: boolean): CleanRequest => ({
    ...{operation: 'cluster k8s-clean', config, source, packageSet: 'tree', force},
  });
  const clean = async (force = false) => {
    const proposal = await world.engine.propose(cleaning(force), signal);
    const id = await world.engine.start(proposal, {confirmed: proposal.plan.confirm ?? ''});
    return world.until(id);
  };
  const outcome = ({state}: RunView) =>
    state.tasks.map(({id, status, note}) => [id, status, ...(note === undefined ? [] : [note])]);
  const taskOf = ({state}: RunView, id: string) => state.tasks.find((task) => task.id === id);
  const there = (host: Host, path: string) => host.sh(`if [ -e ${path} ]; then echo yes; else echo no; fi`);

  test(
    'says before that it is not proven; a version that pai-tui cannot boot is no obstacle',
    async () => {
      await expect(world.engine.propose(world.bootup(), signal)).rejects.toMatchObject({
        problem: {code: 'config-invalid', detail: expect.stringContaining('v1.9.9 is too old')},
      });
      const {plan} = await world.engine.propose(boot(), signal);
      expect(plan.title).toBe(
        'Boot gpu-lab by the scripts of its tree (v0.14), not proven: Kubernetes v1.9.9 on 3 machines',
      );
      expect(plan.notices.map(({message}) => message).join('\n')).toMatch(/Not proven.*\n.*plain HTTP/);
    },
    runMs,
  );

  test(
    'runs them in their order, and stops a machine where one fails, with its line',
    async () => {
      await broken.sh('echo in the way >/etc/kubernetes');
      const view = await world.carryOut(boot());
      expect(outcome(view)).toEqual([
        ['node-1/boot', 'done', 'ran hosts-check.sh, docker-ce-install.sh, kubelet-start.sh'],
        ['node-2/boot', 'done', 'ran hosts-check.sh, docker-ce-install.sh, kubelet-start.sh'],
        ['node-3/boot', 'failed'],
        ['cluster/api-answers', 'done', expect.stringMatching(/^HTTP\/1\.\d 200 OK$/)],
      ]);
      expect(taskOf(view, 'node-3/boot')?.problem).toMatchObject({
        ...{code: 'script-failed', machine: 'node-3', command: 'kubelet-start.sh', exitCode: 1},
        message: 'kubelet-start.sh on node-3 ended with exit code 1.',
        detail: expect.stringMatching(/cannot overwrite non-directory '\/etc\/kubernetes'/),
        hint: expect.stringContaining('Before it ran hosts-check.sh and docker-ce-install.sh.'),
      });
      // The scripts before it have done their work.
      expect(await broken.sh('cat /etc/docker/daemon.json')).toContain('"data-root"');
      expect((await broken.containers()).map(({name}) => name)).toEqual([]);
      expect((await worker.containers()).map(({name, state}) => [name, state])).toEqual([['kubelet', 'running']]);
      expect(await master.sh('cat /etc/kubernetes/manifests/etcd.yaml')).toContain(`http://${master.address}:2380`);
      expect(await there(worker, '/etc/kubernetes/manifests')).toBe('no\n');
      for (const host of lab.hosts) expect(await host.sh('ls -A /home/admin | grep pai-tui || true')).toBe('');
    },
    runMs,
  );

  test(
    'goes on with what is missing when it is booted again, and then has nothing to do',
    async () => {
      await broken.sh('rm /etc/kubernetes');
      expect(outcome(await world.carryOut(boot()))).toEqual([
        ['node-3/boot', 'done', 'ran hosts-check.sh, docker-ce-install.sh, kubelet-start.sh'],
        ['cluster/api-answers', 'done', expect.any(String)],
      ]);
      expect((await world.engine.propose(boot(), signal)).nothingToDo).toBe(true);
    },
    runMs,
  );

  test(
    'is cleaned by the script of the tree, in the order of roles, once its name was typed',
    async () => {
      await master.sh('mkdir -p /var/etcd/data && echo 1 >/var/etcd/data/db');
      const proposal = await world.engine.propose(cleaning(false), signal);
      await expect(world.engine.start(proposal)).rejects.toMatchObject({problem: {code: 'confirmation-missing'}});
      const view = await clean();
      expect(outcome(view)).toEqual([
        ['node-1/clean', 'done', 'left: /var/etcd/data (less than 0.1 GiB)'],
        ['node-2/clean', 'done', 'nothing is left'],
        ['node-3/clean', 'done', 'nothing is left'],
      ]);
      const [first, second] = ['node-1/clean', 'node-2/clean'].map((id) => taskOf(view, id));
      expect(second?.startedAt).toBeGreaterThanOrEqual(first?.endedAt ?? Number.POSITIVE_INFINITY);
      for (const host of lab.hosts) {
        expect(await host.containers()).toEqual([]);
        expect(await there(host, '/etc/kubernetes')).toBe('no\n');
      }
    },
    runMs,
  );

  test(
    'loses the data of etcd only when that is asked for',
    async () => {
      expect(outcome(await clean(true))).toEqual([['node-1/clean', 'done', 'nothing is left']]);
      expect(await there(master, '/var/etcd')).toBe('no\n');
      expect((await world.engine.propose(cleaning(false), signal)).nothingToDo).toBe(true);
    },
    runMs,
  );
});

function indented(line: string): string {
  return `  ${line}`;
}
