import type {KubePod} from '../kube-tools.ts';
import {isMap, type JsonMap, listOf, mapOf, shownOf, textOf, textsOf, timeOf} from './json.ts';

const phases = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

export function readPod(item: JsonMap): KubePod | undefined {
  const metadata = mapOf(item['metadata']);
  const spec = mapOf(item['spec']);
  const status = mapOf(item['status']);
  const name = shownOf(metadata['name']);
  const namespace = shownOf(metadata['namespace']);
  if (name === undefined || namespace === undefined) return undefined;
  const node = shownOf(spec['nodeName']);
  const address = shownOf(status['podIP']);
  const owners = listOf(metadata['ownerReferences']).filter(isMap);
  const [owner] = owners;
  const controller = owners.find(({controller: isIt}) => isIt === true);
  const statuses = listOf(status['containerStatuses']).filter(isMap);
  const conditions = listOf(status['conditions']).filter(isMap);
  const isTrue = (wanted: string) => conditions.some(({type, status: is}) => type === wanted && is === 'True');
  return {
    namespace,
    name,
    ...(node === undefined ? {} : {node}),
    phase: phases.find((phase) => phase === status['phase']) ?? 'Unknown',
    ready: isTrue('Ready'),
    leaving: metadata['deletionTimestamp'] !== undefined,
    ...causeOf(status),
    restarts: statuses.reduce((sum, {restartCount}) => sum + (typeof restartCount === 'number' ? restartCount : 0), 0),
    ...(address === undefined ? {} : {address}),
    labels: textsOf(metadata['labels']),
    uid: textOf(metadata['uid']) ?? '',
    ...(owner ? {owner: ownerWords(owner)} : {}),
    ...(controller ? {controller: ownerWords(controller)} : {}),
    ownVolumes: listOf(spec['volumes'])
      .filter(isMap)
      .flatMap(({name: volume, emptyDir}) => (isMap(emptyDir) ? [shownOf(volume) ?? ''] : [])),
    isMirror: mapOf(metadata['annotations'])['kubernetes.io/config.mirror'] !== undefined,
    containers: listOf(spec['containers'])
      .filter(isMap)
      .map(({name: container, image}) => ({
        name: shownOf(container) ?? '',
        image: shownOf(image) ?? '',
        ready: statuses.some((entry) => entry['name'] === container && entry['ready'] === true),
      })),
    createdAt: timeOf(metadata['creationTimestamp']) ?? 0,
  };
}

function ownerWords({kind, name}: JsonMap): string {
  return `${shownOf(kind) ?? ''} ${shownOf(name) ?? ''}`;
}

/** What keeps a pod: of a container that waits or ended badly, else of the pod, else why it has no node. */
function causeOf(status: JsonMap): {reason?: string; message?: string} {
  const containers = [...listOf(status['initContainerStatuses']), ...listOf(status['containerStatuses'])].filter(isMap);
  for (const {state} of containers) {
    const {waiting, terminated} = mapOf(state);
    const ended = mapOf(terminated);
    const cause = isMap(waiting) ? waiting : ended['exitCode'] === 0 ? {} : ended;
    if (shownOf(cause['reason']) !== undefined) return words(cause);
  }
  if (shownOf(status['reason']) !== undefined) return words(status);
  const unplaced = listOf(status['conditions'])
    .filter(isMap)
    .find(({type, status: is}) => type === 'PodScheduled' && is === 'False');
  return words(unplaced ?? {});
}

function words(cause: JsonMap): {reason?: string; message?: string} {
  const reason = shownOf(cause['reason']);
  const message = shownOf(cause['message']);
  return {...(reason === undefined ? {} : {reason}), ...(message === undefined ? {} : {message})};
}
