/**
 * A Debian of its own for hosts without Docker, with apt and dpkg, and the packages with which Docker is installed on it.
 *
 *     if (whyNoDebian()) …
 *     const debian = await ownDebian();                                       // in a hook with ownDebianMs
 *     const lab = await startLab({hosts: 2, ownDebian: debian.root});
 *     const repository = await servePackages(debian.packages, lab.address);    // repository.line is for sources.list
 *
 * It is made once on a computer, in one to two minutes, and is the only part of a lab that needs a Debian mirror.
 */
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, rmSync} from 'node:fs';
import {readFile, rename} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {basename, join} from 'node:path';
import {alone} from './alone.ts';
import {cacheFolder, keepUsed} from './cache.ts';
import {completeEtc} from './etc.ts';
import {execute} from './execute.ts';
import {put, putFolder} from './files.ts';
import {type HostFiles, makeOwn, mayRaiseLimits, writeRunc} from './host-files.ts';
import {mayInstall, type Part, whyNoLab} from './obstacles.ts';

export interface OwnDebian {
  /** For `startLab`, which copies it. */
  readonly root: string;
  /** A folder with docker.io and all it needs there, and the index of a repository. */
  readonly packages: string;
}

/** The time to give a hook that asks for it. */
export const ownDebianMs = 20 * 60_000;

const parts: readonly Part[] = [
  ['/usr/sbin/debootstrap', 'debootstrap'],
  ['/usr/bin/dpkg-scanpackages', 'dpkg-dev'],
];
/** What stock machines have, that the programs of Debian are installed without. */
const packages = ['iproute2', 'openssh-server', 'procps', 'sudo'];
/** In it. What debootstrap fetched is not for the repository. */
const fetch = `
  apt-get clean
  apt-get update
  apt-get install --yes --download-only --no-install-recommends docker.io`;
/** Beside it. */
const tidy = `
  mkdir packages
  mv root/var/cache/apt/archives/*.deb packages/
  (cd packages && dpkg-scanpackages --multiversion . > Packages 2> /dev/null)
  rm -rf root/var/cache/apt/*.bin root/var/lib/apt/lists/* root/etc/ssh/ssh_host_* root/etc/machine-id root/etc/hostname`;
const prefix = 'debian-';

function folder(): string {
  const madeOf = JSON.stringify([packages, fetch, tidy]);
  return join(cacheFolder(), `${prefix}${createHash('sha256').update(madeOf).digest('hex').slice(0, 16)}`);
}

/** Why no such host can be brought up here, as the end of a sentence; undefined when one can. */
export function whyNoDebian(): string | undefined {
  const obstacle = whyNoLab({more: existsSync(folder()) ? [] : parts});
  if (obstacle || existsSync(folder())) return obstacle;
  if (mayInstall()) return undefined;
  return 'the Debian of a host is not there (PAI_TEST_SYSTEM=1 npm test makes it, from a mirror)';
}

/** The Debian, made before if it is not there yet. */
export async function ownDebian(): Promise<OwnDebian> {
  await alone(
    async () => {
      if (!existsSync(folder())) await make();
      keepUsed(folder(), prefix);
    },
    {what: 'debian', deadlineMs: ownDebianMs},
  );
  return {root: join(folder(), 'root'), packages: join(folder(), 'packages')};
}

async function make(): Promise<void> {
  const draft = `${folder()}.draft`;
  const root = join(draft, 'root');
  rmSync(draft, {recursive: true, force: true});
  mkdirSync(root, {recursive: true});
  // Mounts of its own, and processes that end with this one: nothing is left of what is not finished but the draft.
  const own = ['--pdeathsig=KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
  const options = ['--variant=minbase', `--include=${packages.join(',')}`];
  const script = `debootstrap ${options.join(' ')} bookworm "$1" "$2"\nchroot "$1" sh -ec "$3"`;
  const argv = [...own, 'sh', '-ec', script, 'sh', root, await mirror(), fetch];
  await execute('setpriv', argv, '', ownDebianMs);
  await execute('sh', ['-ec', `cd '${draft}'\n${tidy}`]);
  await rename(draft, folder());
}

/** The mirror of this computer. */
export async function mirror(): Promise<string> {
  const wanted = ['--format', '$(REPO_URI)', 'Codename: bookworm', 'Component: main'];
  const [found] = (await execute('apt-get', ['indextargets', ...wanted])).trim().split('\n');
  return found || 'http://deb.debian.org/debian/';
}

/** Makes the files of a host with all of a Debian, below root/ of its folder. */
export async function makeDebianFiles(place: string, debian: string, host: HostFiles): Promise<void> {
  const root = join(place, 'root');
  putFolder(place);
  await execute('cp', ['-a', '--reflink=auto', debian, root]);
  completeEtc(join(root, 'etc'));
  await makeOwn(root, host);
  if (mayRaiseLimits()) return;
  // What is installed later is to run all the same: a runc of the lab in the place of the package's, and no limits.
  putFolder(join(root, 'usr/libexec'));
  writeRunc(join(root, 'usr/sbin/runc'));
  const divert = ['--local', '--no-rename', '--divert', '/usr/libexec/runc-of-the-computer', '--add', '/usr/sbin/runc'];
  await execute('chroot', [root, 'dpkg-divert', '--quiet', ...divert]);
  put(join(root, 'etc/default/docker'), 'ulimit() { :; }\n');
  put(join(root, 'etc/dpkg/dpkg.cfg.d/lab'), 'force-confold\n');
}

/** Serves a folder of packages at an address, on a free port. */
export async function servePackages(
  from: string,
  address: string,
): Promise<{readonly line: string; close(): Promise<void>}> {
  const server = createServer((request, response) => {
    readFile(join(from, basename(decodeURIComponent(request.url ?? '')))).then(
      (body) => response.end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, address, resolve);
  });
  const {port} = server.address() as AddressInfo;
  return {
    line: `deb [trusted=yes] http://${address}:${port} ./`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
