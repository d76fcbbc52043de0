/** Tasks that make this computer reach a cluster: its kubectl, and its place in the kubeconfig. */

import {basename, dirname, join} from 'node:path';
import type {KubectlPlaces} from '../../api.ts';
import {readAdminKubeconfig} from '../../cluster/admin-kubeconfig.ts';
import {fetchKubectl, fetchKubectlScript, kubectlContainer} from '../../cluster/kubectl/fetch-kubectl.ts';
import {askVersion, versionQuestion} from '../../cluster/kubectl/find-kubectl.ts';
import {type FoundKubectl, fits, judgeKubectl} from '../../cluster/kubectl/judge-kubectl.ts';
import type {ThisComputer} from '../../cluster/kubectl/this-computer.ts';
import type {ClusterLayout} from '../../cluster/layout/types.ts';
import {kubeconfigMode, kubeconfigUpdate, personalKubeconfig} from '../../kubeconfig/kubeconfig-file.ts';
import {displayText} from '../../names.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import type {Tools} from '../../tools.ts';
import {scriptEffect} from '../script-effect.ts';
import type {Effect, Task, TaskContext} from '../types.ts';

export interface ReachCluster {
  readonly layout: ClusterLayout;
  /** Names of the masters to go to, in this order. */
  readonly masters: readonly string[];
  readonly places: KubectlPlaces;
  readonly computer: ThisComputer;
  /** What the kubeconfig would have other then, as sentences; absent: only a booted cluster tells. */
  readonly changes?: readonly string[];
  /** Tasks after which masters have the images and the kubeconfig of the administrator. */
  readonly needs: readonly string[];
}

export interface KubectlPlan {
  readonly tasks: readonly Task[];
  readonly notices: readonly Problem[];
}

/** The cluster's own, where no kubectl of this computer fits it; and the kubeconfig. Pure. */
export function kubectlTasks(reach: ReachCluster): KubectlPlan {
  const {layout, places, computer} = reach;
  const judged = judgeKubectl(computer.kubectl, places.programs, layout.version);
  const task =
    judged.type === 'left out' ? [] : [judged.type === 'kept' ? keptTask(judged) : installTask(reach, judged)];
  return {tasks: [...task, kubeconfigTask(reach)], notices: judged.notices};
}

const kubectlId = 'cluster/kubectl';
const downloadMs = 20 * 60_000;

function keptTask({path, version}: {readonly path: string; readonly version: string}): Task {
  return {
    id: kubectlId,
    title: 'Keep the kubectl of this computer',
    needs: [],
    touches: 'nothing',
    does: [],
    expected: 'unchanged',
    why: [],
    run: async () => ({changed: false, result: {path, version}, note: `${displayText(path)}, ${version}`}),
  };
}

interface WantedKubectl {
  readonly path: string;
  readonly replaces?: FoundKubectl;
  readonly why: string;
}

function installTask(reach: ReachCluster, {path, replaces, why}: WantedKubectl): Task {
  const {layout, masters, computer} = reach;
  const folder = dirname(path);
  const draft = join(folder, '.kubectl.pai-tui');
  const kept = join(folder, keptName(replaces));
  const file = (name: string): Effect => ({kind: 'file', path: name});
  const question = (program: string): Effect => ({kind: 'command', argv: versionQuestion(program), cwd: '/'});
  return {
    id: kubectlId,
    title: `Put the kubectl of ${layout.version} into ${displayText(folder)}`,
    needs: reach.needs,
    touches: 'this computer',
    does: [
      ...(computer.kubectl.isFolderThere ? [] : [file(folder)]),
      ...[file(draft), question(draft), file(path), question(path)],
      ...(replaces ? [file(kept)] : []),
      ...masters.flatMap((on): readonly Effect[] => [
        scriptEffect(on, {
          name: 'copy kubectl out of its image',
          script: fetchKubectlScript,
          args: [layout.images.hyperkube, kubectlContainer],
          sudo: true,
        }),
        {
          kind: 'container',
          on,
          call: 'run',
          name: kubectlContainer,
          decided: 'on the first that gives it; never started',
        },
        {kind: 'container', on, call: 'remove', name: kubectlContainer},
      ]),
    ],
    expected: 'change',
    why: [`${why}.`],
    deadlineMs: downloadMs,
    retry: {attempts: 2, on: ['machine-lost', 'machine-unreachable'], waitMs: 1_000, maxWaitMs: 5_000},
    undo: replaces ? `mv ${kept} ${path}` : `rm ${path}`,
    async satisfied({tools, signal}) {
      const version = (await tools.files.exists(path)) ? await askVersion(path, tools, signal) : undefined;
      return fits(version, layout.version) ? {path, version} : undefined;
    },
    async run(context) {
      const {tools, signal} = context;
      if (!computer.kubectl.isFolderThere) await tools.files.makeFolder(folder);
      const version = await fetchInto(draft, reach, context);
      if (replaces && (await tools.files.exists(path)) && !(await tools.files.exists(kept)))
        await tools.files.moveFile(path, kept);
      signal.throwIfAborted();
      await tools.files.moveFile(draft, path);
      return {changed: true, result: {path, version}, note: `${displayText(path)}, ${version}`};
    },
  };
}

/** By its version, so that one that is replaced later does not take the place of the first. */
function keptName(replaces: FoundKubectl | undefined): string {
  const version = /^v\d[\w.+-]*$/.exec(replaces?.version ?? '')?.[0];
  return `kubectl${version === undefined ? '' : `-${version}`}.before-pai-tui`;
}

/** Leaves the program at `draft`, or nothing. Throws `package-corrupt` where it does not run here, or is another. */
async function fetchInto(
  draft: string,
  {layout, masters, computer}: ReachCluster,
  context: TaskContext,
): Promise<string> {
  const {tools, signal, output} = context;
  const fetched = await fetchKubectl(
    {image: layout.images.hyperkube, run: basename(context.runFolder), masters, arch: computer.kubectl.arch},
    tools.machines,
    () => tools.files.beginFile(draft, 0o755),
    {
      progress: (bytes) => context.progress(bytes),
      refused: ({message, detail}) => output(`${message}\r\n${detail === undefined ? '' : `${detail}\r\n`}`),
    },
    signal,
  );
  try {
    const version = await askVersion(draft, tools, signal);
    if (fits(version, layout.version)) return version;
    throw new ProblemError({
      code: 'package-corrupt',
      message:
        version === undefined
          ? `The kubectl of ${fetched.master} does not run on this computer.`
          : `The kubectl of ${fetched.master} is ${version}, and the cluster is ${layout.version}.`,
      hint: 'Put a kubectl that fits into PATH by hand: it is kept.',
      machine: fetched.master,
    });
  } catch (error) {
    await fetched.draft.discard();
    throw error;
  }
}

function kubeconfigTask({layout, masters, computer, changes, needs}: ReachCluster): Task {
  const {file, isFolderThere} = computer.kubeconfig;
  const isThere = changes?.length === 0;
  return {
    id: 'cluster/kubeconfig',
    title: `Put the cluster into ${displayText(file)}`,
    needs: isThere ? [] : needs,
    touches: isThere ? 'nothing' : 'this computer',
    does: isThere
      ? []
      : [
          ...(isFolderThere ? [] : [{kind: 'file', path: dirname(file)} as const]),
          {kind: 'file', path: file, digest: 'secret'},
        ],
    expected: isThere ? 'unchanged' : changes ? 'change' : 'decided while running',
    why: changes ?? [],
    deadlineMs: 3 * 60_000,
    retry: {attempts: 3, on: ['machine-lost', 'machine-unreachable'], waitMs: 1_000, maxWaitMs: 5_000},
    ...(isThere
      ? {}
      : {undo: `kubectl config delete-context, delete-cluster and delete-user of ${displayText(layout.name)}.`}),
    async run({tools, signal, output}) {
      const note = `kubectl --context ${displayText(layout.name)}`;
      const result = {context: layout.name, file};
      if (isThere) return {changed: false, result, note};
      const update = await updateOf(layout, masters, file, tools, signal);
      if (update.changes.length === 0) return {changed: false, result, note};
      if (!isFolderThere) await tools.files.makeFolder(dirname(file));
      await tools.files.writeFile(file, update.text.reveal(), kubeconfigMode, update.owner);
      for (const change of update.changes) output(`${displayText(change)}\r\n`);
      return {changed: true, result, note};
    },
  };
}

/** What the kubeconfig would have other, by that of a master. Throws what asking one throws. */
export async function kubeconfigChanges(
  layout: ClusterLayout,
  masters: readonly string[],
  file: string,
  tools: Pick<Tools, 'machines' | 'files' | 'clock'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return (await updateOf(layout, masters, file, tools, signal)).changes;
}

async function updateOf(
  layout: ClusterLayout,
  masters: readonly string[],
  file: string,
  tools: Pick<Tools, 'machines' | 'files' | 'clock'>,
  signal: AbortSignal,
) {
  const {kubeconfig} = await readAdminKubeconfig(tools.machines, masters, signal);
  const given = personalKubeconfig(layout.name, `https://${layout.api.host}:${layout.api.port}`, kubeconfig);
  return kubeconfigUpdate(given, file, tools);
}
