/** Why a member of etcd is not well, in a sentence. */

import type {PlacedMember} from './judged.ts';
import type {EtcdCause, EtcdContainer, EtcdMember, SeenEtcd} from './types.ts';

/** Undefined where it is well. */
export function memberReason({listed, master, answer}: PlacedMember, state: EtcdMember['state']): string | undefined {
  if (state === 'healthy' || state === 'learner') return undefined;
  if (!master) {
    const nobody = 'It runs on none of the configured masters, so nobody asked it.';
    return state === 'unstarted' ? `It was added and never started. ${nobody}` : nobody;
  }
  if (answer?.problem) return answer.problem.message;
  if (!answer?.seen) return 'Its machine was not asked.';
  const {seen} = answer;
  if (seen.status && listed && seen.status.id !== listed.id) {
    return `Another member runs there, which says that it is ${seen.status.id}.`;
  }
  if (seen.status) {
    if (state === 'unknown') return 'It answers; whether it reaches a quorum was not told in time.';
    return seen.status.leader === undefined
      ? 'It answers and knows of no leader.'
      : 'It answers and does not reach a quorum.';
  }
  return state === 'unstarted' ? `It was added and never started. ${absenceReason(seen)}` : absenceReason(seen);
}

/** Why nothing answers on a machine that was asked. */
function absenceReason(seen: SeenEtcd): string {
  const {container, docker, silence, missing} = seen;
  if (container?.isRunning) {
    const why = container.cause ? ` ${causeWords[container.cause]}` : '';
    const said = `${silence?.said ?? 'it said nothing'}.`;
    return silence?.by === 'docker'
      ? `Its container runs, and it could not be asked there: ${said}`
      : `Its container runs and etcd does not answer: ${said}${why}`;
  }
  const runs = seen.runsUnseen ? ' An etcd runs there.' : '';
  if (docker === 'absent') return `There is no docker on its machine.${runs}`;
  if (missing[0] !== undefined) return `It could not be asked: ${missing[0]}${runs}`;
  if (docker === 'silent') return `The docker of its machine does not answer.${runs}`;
  if (seen.runsUnseen) return 'An etcd runs there that is in no container with etcd in its name, so it was not asked.';
  if (container) return endReason(container);
  const manifest =
    seen.manifest === undefined ? ' and nothing that would start one' : `, though ${seen.manifest} is there`;
  return `There is no container of etcd on its machine${manifest}.`;
}

function endReason({exitCode, oomKilled, error, cause, state}: EtcdContainer): string {
  const how = oomKilled
    ? 'was killed because its machine or its limit had no memory left'
    : error
      ? `could not be started: ${error}`
      : state === 'created'
        ? 'was made and never started'
        : state === 'paused'
          ? 'is paused'
          : `ended with exit code ${exitCode}`;
  return `Its container ${how}${/[.!?]$/.test(how) ? '' : '.'}${cause ? ` ${causeWords[cause]}` : ''}`;
}

const causeWords: Readonly<Record<EtcdCause, string>> = {
  'data lost': 'Its data is gone, or older than what the others know it had.',
  'data damaged': 'Its data is damaged.',
  removed: 'The others removed it from the cluster.',
  'port taken': 'Another program has its port.',
  'disk full': 'Its disk is full.',
  'certificate expired': 'A certificate has expired.',
  'clusters mixed': 'It is of another cluster than those it speaks to.',
};

/** What to do about a member that does not answer. */
export function hintFor(seen: SeenEtcd): string {
  const {container, docker} = seen;
  if (docker !== 'silent' && (seen.runsUnseen || seen.silence?.by === 'docker')) {
    return 'Ask it by hand how it is, where it runs.';
  }
  if (container?.cause) return causeHints[container.cause];
  if (container?.oomKilled) return 'Free memory on its machine; kubelet starts it again.';
  if (docker === 'silent') return 'Look after docker on its machine first.';
  if (!container?.isRunning && seen.manifest === undefined) {
    return 'Its manifest is not where kubelet looks for it: put it back, or make the member anew.';
  }
  if (!container?.isRunning)
    return 'kubelet should start it again: see whether kubelet runs there, and read the lines below.';
  return 'Read the lines of its log below; another member may be starting or cut off.';
}

const causeHints: Readonly<Record<EtcdCause, string>> = {
  'data lost': 'Take the member out of the cluster and add it anew; started as it is, it does not come back.',
  'data damaged': 'Move its data aside, take the member out of the cluster and add it anew.',
  removed: 'Move its data aside and add it anew, if it is still to be a member.',
  'port taken': 'See which program has the port, and end it.',
  'disk full': 'Make room on its disk; etcd comes back by itself then.',
  'certificate expired': 'Renew its certificates.',
  'clusters mixed': 'Compare the lists of members of all masters before anything is changed.',
};
