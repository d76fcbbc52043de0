/** What lies on a machine, compared with what would be put there. Pure but for reading a package in memory. */

import {filesOnMachine} from '../../kube/certificates.ts';
import {type ChecksumTool, checksumOf, crcOf} from '../../package/checksums.ts';
import type {Package} from '../../package/types.ts';
import {ProblemError} from '../../problem.ts';
import {certificateRoles, machineKubeconfigs} from '../certificate-cluster.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {DecidedPodNetwork} from '../packages/choice.ts';
import {dockerSettings} from '../packages/docker-settings.ts';
import {plainHttpFile} from '../packages/plain-http.ts';
import type {FoundEntry, MachineAnswer} from './ask-machine.ts';
import type {DriftEntry} from './types.ts';

interface Compared {
  readonly layout: ClusterLayout;
  readonly machine: ClusterMachine;
  readonly podNetwork: DecidedPodNetwork;
  /** What a boot would send. */
  readonly pack: Package;
  readonly answer: MachineAnswer;
}

const manifestFolder = '/etc/kubernetes/manifests';
const etcdManifest = `${manifestFolder}/etcd.yaml`;

/** In no order that means anything. Throws for an answer without checksums (`facts-unreadable`). */
export async function judgeDrift(compared: Compared): Promise<readonly DriftEntry[]> {
  const {answer, machine} = compared;
  const {tool} = answer;
  if (tool === undefined) {
    throw new ProblemError({
      code: 'facts-unreadable',
      message: `${machine.name} told no checksums, so its files cannot be compared.`,
      machine: machine.name,
    });
  }
  const texts = await textsOf(compared.pack);
  const wanted = wantedFiles(texts, compared);
  return [
    ...files(wanted, answer, tool),
    ...extras(wanted, compared),
    ...keptFiles(compared),
    ...hosts(texts, answer),
    ...docker(compared),
    ...kubelet(texts, wanted, compared),
  ];
}

type Texts = ReadonlyMap<string, Uint8Array>;

async function textsOf({files}: Package): Promise<Texts> {
  const needed = files.filter(({path}) => path.startsWith('etc/') || compared.includes(path));
  return new Map(await Promise.all(needed.map(async ({path, read}) => [path, await read()] as const)));
}

/** Of files that lie elsewhere on the machine, or in something that was made of them. */
const compared = ['hosts', 'kubelet.arguments', 'pod-routes', 'pod-routes.sh', 'start-kubelet.sh'];

interface WantedFile {
  readonly content: Uint8Array;
  readonly mode: number;
}

/** By the path where scripts of the package put them. */
function wantedFiles(texts: Texts, {layout, machine}: Compared): ReadonlyMap<string, WantedFile> {
  const found = new Map<string, WantedFile>();
  for (const [path, content] of texts) {
    if (!path.startsWith('etc/')) continue;
    found.set(`/${path}`, {content, mode: path.startsWith('etc/kubernetes/manifests/') ? 0o600 : 0o644});
  }
  for (const {path, mode, content} of machineKubeconfigs(layout, machine)) {
    found.set(path, {mode, content: Buffer.from(typeof content === 'string' ? content : content.reveal())});
  }
  const [routes, script] = [texts.get('pod-routes'), texts.get('pod-routes.sh')];
  if (routes && script && routes.length > 0) {
    found.set('/etc/pai-tui/pod-routes', {content: routes, mode: 0o644});
    found.set('/etc/pai-tui/pod-routes.sh', {content: script, mode: 0o755});
  }
  return found;
}

function files(wanted: ReadonlyMap<string, WantedFile>, answer: MachineAnswer, tool: ChecksumTool): DriftEntry[] {
  return [...wanted].flatMap(([path, {content, mode}]): DriftEntry[] => {
    const entry = answer.entries.get(path);
    if (!entry) return [{what: path, state: 'missing'}];
    const isSame =
      path === etcdManifest
        ? answer.etcdSum === checksumOf(withoutBeginning(content), tool)
        : answer.sums.get(path) === checksumOf(content, tool);
    return isSame ? modeDrift(path, entry, mode) : [{what: path, state: 'changed'}];
  });
}

/** As the machine leaves it out: a member that came later began with other words than the first ones. */
function withoutBeginning(manifest: Uint8Array): Uint8Array {
  const lines = Buffer.from(manifest).toString('utf8').split('\n');
  return Buffer.from(lines.filter((line) => !/--initial-cluster(?:-state)?=|pai-tui\/joined:/.test(line)).join('\n'));
}

/** The kubelet runs whatever lies among its manifests; routes are set by whatever lies beside their script. */
function extras(wanted: ReadonlyMap<string, WantedFile>, {answer, layout}: Compared): DriftEntry[] {
  return [...answer.entries].flatMap(([path, {isFolder}]): DriftEntry[] => {
    const isOurs = path.startsWith(`${manifestFolder}/`) || path.startsWith('/etc/pai-tui/');
    if (isFolder || !isOurs || wanted.has(path)) return [];
    const isPlainHttp = path === `${manifestFolder}/plain-http-api.yaml`;
    if (isPlainHttp && !layout.plainHttp) {
      return [{what: path, state: 'extra', detail: 'plain-http-api is off in the configuration, and this serves it.'}];
    }
    const detail = path.startsWith(manifestFolder) ? 'The kubelet runs what is in it.' : undefined;
    return [{what: path, state: 'extra', ...(detail === undefined ? {} : {detail})}];
  });
}

/** Keys: that they are there, and for root alone. */
function keptFiles({machine, answer, layout}: Compared): DriftEntry[] {
  // What certificates and kubeconfigs say is compared elsewhere.
  const kept = filesOnMachine(certificateRoles(machine)).filter(
    ({holds}) => holds !== 'certificate' && holds !== 'kubeconfig',
  );
  const found = kept.flatMap(({path, mode}): DriftEntry[] => {
    const entry = answer.entries.get(path);
    return entry ? modeDrift(path, entry, mode) : [{what: path, state: 'missing'}];
  });
  const needsSettings = layout.plainHttp && machine.roles.includes('master');
  if (!needsSettings) return found;
  const settings = answer.entries.get(plainHttpFile);
  return [
    ...found,
    ...(settings ? modeDrift(plainHttpFile, settings, 0o600) : [{what: plainHttpFile, state: 'missing'} as const]),
  ];
}

/** Rights that are fewer than wanted are no fault, nor is another group that cannot do anything with it. */
function modeDrift(what: string, {mode, uid}: FoundEntry, wanted: number): DriftEntry[] {
  if (uid !== 0) return [{what, state: 'changed', detail: `It belongs to the user ${uid} instead of root.`}];
  const open = mode & ~wanted & 0o077;
  if (open === 0) return [];
  const detail = `Its mode is ${mode.toString(8)} instead of ${wanted.toString(8)}: others may ${mayDo(open)} it.`;
  return [{what, state: 'changed', detail}];
}

function mayDo(open: number): string {
  if (open & 0o022) return 'change';
  return open & 0o044 ? 'read' : 'enter';
}

function hosts(texts: Texts, {hosts: found}: MachineAnswer): DriftEntry[] {
  const what = '/etc/hosts';
  if (found.length === 0) return [{what, state: 'missing', detail: 'The names of the machines are not in it.'}];
  const wanted = Buffer.from(texts.get('hosts') ?? '')
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const there = found.slice(1, -1).filter((line) => line !== '');
  const [wantedLines, linesThere] = [new Set(wanted), new Set(there)];
  const missing = wanted.filter((line) => !linesThere.has(line));
  const extra = there.filter((line) => !wantedLines.has(line));
  if (missing.length === 0 && extra.length === 0) return [];
  const parts = [
    ...(missing.length > 0 ? [`${some(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`] : []),
    ...(extra.length > 0 ? [`${some(extra)} ${extra.length === 1 ? 'is' : 'are'} too much`] : []),
  ];
  return [{what, state: 'changed', detail: `Between our markers ${parts.join(', and ')}.`}];
}

function some(lines: readonly string[]): string {
  const [first = ''] = lines;
  return lines.length === 1 ? `'${first}'` : `${lines.length} lines ('${first}', …)`;
}

function docker({layout, machine, podNetwork, answer: {dockerSettings: existing}}: Compared): DriftEntry[] {
  const what = '/etc/docker/daemon.json';
  const request = {layout, machine, podNetwork, existing, isFresh: false};
  let text: string;
  try {
    text = dockerSettings(request);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return [{what, state: 'changed', detail: error.problem.message}];
  }
  if (text === existing) return [];
  const [now, wanted] = [settingsIn(existing), settingsIn(text)];
  const keys = Object.keys(wanted).filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(now[key]));
  const detail = `${keys.join(', ')} ${keys.length === 1 ? 'is' : 'are'} not as the configuration wants ${keys.length === 1 ? 'it' : 'them'}.`;
  return [{what, state: existing === '' ? 'missing' : 'changed', detail}];
}

function settingsIn(text: string): Readonly<Record<string, unknown>> {
  return text.trim() === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** By what start-kubelet.sh writes on the container: a checksum of all it was made of. */
function kubelet(texts: Texts, files: ReadonlyMap<string, WantedFile>, {answer, layout}: Compared): DriftEntry[] {
  const what = 'the container kubelet';
  const {kubelet: found} = answer;
  if (!found) return [{what, state: 'missing'}];
  if (found.madeOf === '') return [{what, state: 'changed', detail: 'It is not of pai-tui.'}];
  const wanted = layout.images.hyperkube;
  if (found.image !== wanted) {
    return [{what, state: 'changed', detail: `It runs the image ${found.image} instead of ${wanted}.`}];
  }
  const parts = [
    texts.get('start-kubelet.sh'),
    texts.get('kubelet.arguments'),
    files.get('/etc/kubernetes/kubelet.conf')?.content,
    ...['kubelet', 'ca'].map((name) => Buffer.from(answer.certificates.get(`/etc/kubernetes/pki/${name}.crt`) ?? '')),
  ];
  const bytes = Buffer.concat(parts.map((part) => part ?? new Uint8Array()));
  if (found.madeOf.startsWith(`${crcOf(bytes)}-${bytes.length} `)) return [];
  return [
    {
      ...{what, state: 'changed'},
      detail: 'It was started with other arguments, another address of the API or another certificate than now.',
    },
  ];
}
