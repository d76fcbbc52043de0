import {basename} from 'node:path';
import {runSteps, stepEffects} from '../../cluster/boot/run-steps.ts';
import type {Remains} from '../../cluster/clean/remains.ts';
import {containerWords, fileWords, sizedWords} from '../../cluster/clean/words.ts';
import type {ClusterLayout, ClusterMachine} from '../../cluster/layout/types.ts';
import {cleanSteps} from '../../cluster/packages/steps.ts';
import {plainId} from '../task-id.ts';
import type {Expected, Task} from '../types.ts';

/** A machine that is cleaned, with what lies on it. */
export interface CleanedMachine {
  readonly machine: ClusterMachine;
  readonly remains: Remains;
}

/** What is done with all of them. */
interface Cleaning {
  readonly layout: ClusterLayout;
  /** Remove the data of etcd instead of moving them aside. */
  readonly force: boolean;
}

/**
 * Workers stop first, so that nothing of theirs is begun anew elsewhere; and no master's data are touched before all of
 * them have stopped, so that what is kept is of one moment. A machine that cannot be stopped holds up no other.
 */
export function cleanTasks(cleaned: readonly CleanedMachine[], cleaning: Cleaning): readonly Task[] {
  const stopping = (masters: boolean) =>
    cleaned.flatMap(({machine}) => (isMaster(machine) === masters ? [idOf(machine, 'containers')] : []));
  const [workersStop, mastersStop] = [stopping(false), stopping(true)];
  return cleaned.flatMap((one) =>
    isMaster(one.machine)
      ? [
          stopTask(one, cleaning, workersStop),
          etcdTask(one, cleaning, mastersStop),
          filesTask(one, cleaning, 'etcd-data'),
        ]
      : [stopTask(one, cleaning, []), filesTask(one, cleaning, 'containers')],
  );
}

/** A worker alone, when `needs` are done: others are not waited for. */
export function cleanWorker(one: CleanedMachine, layout: ClusterLayout, needs: readonly string[]): readonly Task[] {
  const cleaning = {layout, force: false};
  return [{...stopTask(one, cleaning, []), needs}, filesTask(one, cleaning, 'containers')];
}

function stopTask(one: CleanedMachine, cleaning: Cleaning, after: readonly string[]): Task {
  const {containers} = one.remains;
  return {
    ...scriptsTask(one, cleaning, 'containers', ['clean-containers.sh']),
    title: isMaster(one.machine)
      ? 'Remove the kubelet and all containers of pods, those of the API and etcd too'
      : 'Remove the kubelet and the containers of pods',
    needs: [],
    ...(after.length === 0 ? {} : {after}),
    expected: containers ? expectedOf(containers.hasKubelet || containers.count > 0) : 'decided while running',
    why: containerWords(one.remains),
    deadlineMs: 15 * 60_000,
    undo: 'Boot the cluster again: pai-tui cluster k8s-bootup',
  };
}

function etcdTask(one: CleanedMachine, cleaning: Cleaning, mastersStop: readonly string[]): Task {
  const {machine, remains} = one;
  const own = idOf(machine, 'containers');
  const others = mastersStop.filter((id) => id !== own);
  const what = cleaning.force ? 'go for good' : 'stay beside it, with the id of the run in their name';
  return {
    ...scriptsTask(one, cleaning, 'etcd-data', ['clean-etcd-data.sh']),
    title: cleaning.force ? 'Remove the data of etcd' : 'Move the data of etcd aside',
    needs: [own],
    ...(others.length === 0 ? {} : {after: others}),
    expected: expectedOf(remains.etcdData.length > 0),
    why: remains.etcdData.map((folder) => `those in ${sizedWords(folder)} ${what}`),
    critical: true,
    deadlineMs: 10 * 60_000,
    undo: cleaning.force ? 'There is no way back.' : 'Move the folder back to its place before the next boot.',
  };
}

function filesTask(one: CleanedMachine, cleaning: Cleaning, after: 'etcd-data' | 'containers'): Task {
  const {folders, files, hasRules} = one.remains;
  return {
    ...scriptsTask(one, cleaning, 'files', ['clean-network.sh', 'clean-files.sh']),
    title: 'Remove files, rules, routes and names',
    needs: [idOf(one.machine, after)],
    expected: expectedOf(folders.length > 0 || files.length > 0 || hasRules),
    why: fileWords(one.remains),
    // A half-written /etc/hosts would be worse than a cluster too many.
    critical: true,
    deadlineMs: 15 * 60_000,
    undo: 'There is no way back: the next boot makes other keys and certificates.',
  };
}

type ScriptsTask = Pick<Task, 'id' | 'on' | 'touches' | 'does' | 'retry' | 'run'>;

/** What all of them are: scripts of the machine's package, which may be run again. */
function scriptsTask(
  {machine}: CleanedMachine,
  {layout, force}: Cleaning,
  phase: string,
  scripts: readonly string[],
): ScriptsTask {
  const stepsOf = (run: string) =>
    cleanSteps(layout, machine, force ? {} : {keepAs: `kept-${run}`}).filter(({script}) => scripts.includes(script));
  return {
    id: idOf(machine, phase),
    on: machine.name,
    touches: 'data',
    // The id of the run begins with a date, and is the same however often it is resumed.
    does: stepEffects(machine, 'clean', stepsOf('$RUN')),
    retry: {attempts: 3, on: ['machine-unreachable', 'machine-lost'], waitMs: 2_000, maxWaitMs: 10_000},
    run: (context) => {
      const steps = stepsOf(basename(context.runFolder));
      // Nothing of what cleans depends on the pod network.
      const choice = {podNetwork: {kind: 'host'}} as const;
      return runSteps({layout, choice, machine, operation: 'clean', steps}, context);
    },
  };
}

function expectedOf(isThere: boolean): Expected {
  return isThere ? 'change' : 'unchanged';
}

function isMaster({roles}: ClusterMachine): boolean {
  return roles.includes('master');
}

function idOf({name}: ClusterMachine, phase: string): string {
  return `${plainId(name)}/${phase}`;
}
