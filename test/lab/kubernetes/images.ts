import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {alone} from '../alone.ts';
import {cacheFolder, keepUsed} from '../cache.ts';
import {execute} from '../execute.ts';
import {startLab} from '../lab.ts';
import {builtKubernetes, kubernetesVersion} from './binaries.ts';

/** The images that a cluster needs, which every Docker engine of its hosts has from the beginning. */
export interface ClusterImages {
  /**
   * What stands before `/hyperkube:v1.20.2` and the like, `docker-registry` in a configuration. Nobody answers there:
   * what is not on the host is not had.
   */
  readonly registry: string;
  /** The tags. Of pause-amd64 it is 3.0, of busybox 1.35; haproxy has its tag also without the registry. */
  readonly versions: {
    /** Of hyperkube, kube-apiserver, kube-controller-manager, kube-scheduler and kube-proxy, which are one image. */
    readonly kubernetes: string;
    readonly etcd: string;
    readonly haproxy: string;
    /** Of kubernetes-dashboard-amd64, which answers on its port, 9090, and can nothing else. */
    readonly dashboard: string;
  };
  /** For `startLab`. */
  readonly dockerRoot: string;
}

/** The images, made before if they are not there yet: once on a computer, in some 20 seconds, when Kubernetes is built. */
export async function clusterImages(): Promise<ClusterImages> {
  const kubernetes = await builtKubernetes();
  const versions = {
    kubernetes: kubernetesVersion,
    etcd: firstMatch(await execute('etcd', ['--version']), /Version: (\S+)/),
    haproxy: firstMatch(await execute('haproxy', ['-v']), /version (\d+\.\d+)/),
    dashboard: 'v1.8.3',
  };
  const dockerRoot = join(cacheFolder(), `${prefix}${await digestOf(kubernetes, versions)}`);
  await alone(
    async () => {
      if (!existsSync(dockerRoot)) await makeDockerRoot(dockerRoot, kubernetes, Object.values(versions));
      keepUsed(dockerRoot, prefix);
    },
    {what: 'images', deadlineMs: makingMs},
  );
  return {registry, versions, dockerRoot};
}

const registry = 'registry.lab';
const prefix = 'images-';
const script = readFileSync(new URL('images.sh', import.meta.url), 'utf8');
/** A whole lab comes up, on a computer that others use too. */
const makingMs = 15 * 60_000;

/** Of all that the images are made of. */
async function digestOf(kubernetes: string, versions: object): Promise<string> {
  const packages = ['busybox-static', 'conntrack', 'docker.io', 'etcd-client', 'etcd-server', 'haproxy', 'iptables'];
  const more = ['iproute2', 'libc6', 'mount', 'socat', 'tini', 'util-linux'];
  const installed = await execute('dpkg-query', ['--show', ...packages, ...more]);
  const built = readdirSync(kubernetes).map((name) => {
    const {size, mtimeMs} = statSync(join(kubernetes, name));
    return [name, size, mtimeMs];
  });
  const parts = JSON.stringify([registry, versions, script, installed, built]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 16);
}

/** Has a host make the images, and keeps what Docker keeps of them. */
async function makeDockerRoot(folder: string, kubernetes: string, versions: readonly string[]): Promise<void> {
  const lab = await startLab({hosts: 1, docker: 1});
  try {
    const [host] = lab.hosts;
    if (!host) throw new Error('The lab has no host.');
    await execute('cp', ['-r', kubernetes, join(host.root, 'var/tmp/images')]);
    await host.sh(`cd /var/tmp/images && sh -s -- ${[registry, ...versions].join(' ')}`, script, makingMs);
    await host.stop();
    const draft = `${folder}.draft`;
    rmSync(draft, {recursive: true, force: true});
    mkdirSync(draft, {recursive: true, mode: 0o700});
    // The rest of its folder belongs to that one engine.
    for (const name of ['image', 'overlay2'])
      await execute('cp', ['-a', '--reflink=auto', join(host.root, 'var/lib/docker', name), draft]);
    renameSync(draft, folder);
  } finally {
    await lab.close();
  }
}

function firstMatch(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (!found) throw new Error(`No version in: ${text}`);
  return found;
}
