/**
 * etcd of other versions than this computer's, of the packages of other releases of Debian, side by side.
 *
 *     const obstacle = whyNoLabForCluster() ?? whyNoOtherEtcd();
 *     const programs = await etcdPrograms('3.3.25');      // in a hook: a folder with etcd, etcdctl and, where it is one, etcdutl
 */
import {existsSync, mkdirSync, rmSync} from 'node:fs';
import {rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {alone} from '../alone.ts';
import {cacheFolder} from '../cache.ts';
import {execute} from '../execute.ts';
import {mayInstall} from '../obstacles.ts';
import {mirror} from '../own-debian.ts';

const releases = {'3.3.25': 'bullseye', '3.5.16': 'trixie'} as const;

export type OtherEtcd = keyof typeof releases;
export const otherEtcds = Object.keys(releases) as readonly OtherEtcd[];

/** Some 18 MB for each. */
const fetchMs = 5 * 60_000;

/** Why they cannot be had here, as the end of a sentence; undefined when they can. */
export function whyNoOtherEtcd(): string | undefined {
  if (mayInstall() || otherEtcds.every((version) => existsSync(folderOf(version)))) return undefined;
  return `etcd ${otherEtcds.join(' and ')} are not there (PAI_TEST_SYSTEM=1 npm test fetches them, from a Debian mirror)`;
}

/** The folder with its programs, fetched before if it is not there yet: once on a computer. */
export async function etcdPrograms(version: OtherEtcd): Promise<string> {
  const folder = folderOf(version);
  await alone(
    async () => {
      if (!existsSync(folder)) await fetchInto(folder, releases[version]);
    },
    {what: 'etcd', deadlineMs: 2 * fetchMs},
  );
  return join(folder, 'usr/bin');
}

function folderOf(version: OtherEtcd): string {
  return join(cacheFolder(), `etcd-${version}`);
}

/** By apt, with lists and settings of its own. */
async function fetchInto(folder: string, release: string): Promise<void> {
  const draft = `${folder}.draft`;
  rmSync(draft, {recursive: true, force: true});
  for (const name of ['apt/lists/partial', 'apt/archives/partial', 'root'])
    mkdirSync(join(draft, name), {recursive: true});
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  await writeFile(join(draft, 'apt/sources'), `deb [signed-by=${keys}] ${await mirror()} ${release} main\n`);
  const script = `cd "$1"
set -- -o Dir::Etc::SourceList="$1/apt/sources" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$1/apt/lists" \
  -o Dir::State::status=/dev/null -o Dir::Cache="$1/apt" -o APT::Sandbox::User=root
apt-get "$@" update
apt-get "$@" download etcd-server etcd-client
for file in *.deb; do dpkg-deb --extract "$file" root; done`;
  await execute('sh', ['-ec', script, 'sh', draft], '', fetchMs);
  await rename(join(draft, 'root'), folder);
  rmSync(draft, {recursive: true, force: true});
}
