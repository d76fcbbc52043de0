/**
 * Pods that try a cluster from within, one on each node, in a namespace of their own. They need no image but the one of
 * the kubelet: `kubectl proxy` answers as a server of files, and kubectl asks. Pure.
 */

import type {KubeObject, ObjectName} from '../../kube-tools.ts';
import type {ClusterLayout} from '../layout/types.ts';
import type {DecidedPodNetwork} from '../packages/choice.ts';

/** What pods of a cluster can be expected to reach. */
export interface PodTrial {
  readonly image: string;
  /** '10.254.0.1' */
  readonly serviceAddress: string;
  /** Whether pods of different machines reach each other. */
  readonly acrossMachines: boolean;
  /** The name of the API that has to be found; absent: names are not tried. */
  readonly apiName?: string;
  /** Names of the nodes that pods come to; absent: all. */
  readonly nodes?: readonly string[];
}

export function podTrial(layout: ClusterLayout, podNetwork: DecidedPodNetwork, nodes?: readonly string[]): PodTrial {
  const {images, serviceAddress, dnsManifest, domain} = layout;
  return {
    image: images.hyperkube,
    serviceAddress,
    acrossMachines: podNetwork.kind !== 'host',
    ...(dnsManifest === undefined ? {} : {apiName: `kubernetes.default.svc.${domain}`}),
    ...(nodes ? {nodes} : {}),
  };
}

/** '$RUN' stands for the id of the run. */
export const trialNamespace: ObjectName = {apiVersion: 'v1', kind: 'Namespace', name: 'pai-tui-$RUN'};

const inside = (kind: string, name: string, apiVersion = 'apps/v1'): ObjectName => ({
  ...{apiVersion, kind, name, namespace: trialNamespace.name},
});

export const answering = inside('DaemonSet', 'answer');
export const asking = inside('DaemonSet', 'ask');
const targets = inside('ConfigMap', 'targets', 'v1');

/** Every object that is applied. */
export function trialObjects({acrossMachines}: PodTrial): readonly ObjectName[] {
  return [trialNamespace, ...(acrossMachines ? [answering, targets] : []), asking];
}

const port = 8001;

/** The name of its node is all that it tells, so that whoever asks knows which pod answered. */
const answerScript = `set -eu
mkdir -p /tmp/answer
echo "$NODE" >/tmp/answer/node
exec kubectl proxy --server=http://127.0.0.1:1 --address=0.0.0.0 --port=${port} --accept-hosts='.*' \\
  --accept-paths='^/answer/' --www=/tmp/answer --www-prefix=/answer/
`;

/** Tries until all was reached; to the API it speaks with the token of its account. */
const askScript = `set -u
account=/var/run/secrets/kubernetes.io/serviceaccount
cat >/tmp/kubeconfig <<END
apiVersion: v1
kind: Config
clusters: [{name: api, cluster: {certificate-authority: $account/ca.crt}}]
users: [{name: account, user: {tokenFile: $account/token}}]
contexts: [{name: api, context: {cluster: api, user: account}}]
current-context: api
END
missed() {
  echo "$1: $2" | tr '\\n' ' '
  echo
  all=no
}
api() {
  said=$(kubectl --kubeconfig=/tmp/kubeconfig --server="https://$2" get --raw /version --request-timeout=5s 2>&1) ||
    missed "$1 $2" "$said"
}
while :; do
  all=yes
  api 'the API by its service address' "$API_ADDRESS"
  if [ "$API_NAME" ]; then api 'the API by its name' "$API_NAME"; fi
  if [ -f "/targets/$NODE" ]; then
    while read -r node address; do
      said=$(kubectl get --raw /answer/node --server="http://$address:${port}" --request-timeout=5s </dev/null 2>&1)
      [ "$said" = "$node" ] || missed "the pod of $node at $address" "$said"
    done <"/targets/$NODE"
  fi
  [ "$all" = no ] || break
  sleep 2
done
touch /tmp/reached
echo 'all was reached'
exec sleep 86400
`;

/** The namespace and, where pods are to reach each other, the pods that answer. */
export function answeringObjects(trial: PodTrial, run: string): readonly KubeObject[] {
  const {name, apiVersion, kind} = named(trialNamespace, run);
  return [
    {apiVersion, kind, metadata: {name, labels}},
    ...(trial.acrossMachines
      ? [
          daemonSet(named(answering, run), {
            image: trial.image,
            script: answerScript,
            env: [],
            // It is not to speak for anybody.
            pod: {automountServiceAccountToken: false, ...placedOn(trial)},
            container: {readinessProbe: {httpGet: {path: '/answer/node', port}, ...everySecond}},
          }),
        ]
      : []),
  ];
}

/** The pods that ask, and whom: the address of the pod that answers on each node, by the node's name. */
export function askingObjects(
  trial: PodTrial,
  addresses: ReadonlyMap<string, string>,
  run: string,
): readonly KubeObject[] {
  const {name, namespace = '', apiVersion, kind} = named(targets, run);
  return [
    ...(trial.acrossMachines ? [{apiVersion, kind, metadata: {name, namespace}, data: targetsOf(addresses)}] : []),
    daemonSet(named(asking, run), {
      image: trial.image,
      script: askScript,
      env: [
        {name: 'API_ADDRESS', value: trial.serviceAddress},
        {name: 'API_NAME', value: trial.apiName ?? ''},
      ],
      pod: {volumes: [{name: 'targets', configMap: {name, optional: true}}], ...placedOn(trial)},
      container: {
        volumeMounts: [{name: 'targets', mountPath: '/targets', readOnly: true}],
        readinessProbe: {exec: {command: ['test', '-e', '/tmp/reached']}, ...everySecond},
      },
    }),
  ];
}

/** One term for each, since a field takes one value only. */
function placedOn({nodes}: PodTrial): object {
  if (!nodes) return {};
  const nodeSelectorTerms = nodes.map((node) => ({
    matchFields: [{key: 'metadata.name', operator: 'In', values: [node]}],
  }));
  return {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms}}}};
}

/** So few that a pod has asked them soon, on a cluster of a thousand nodes too. */
const mostTargets = 10;

/**
 * Whom each node asks, a line 'NODE ADDRESS' for each: all others, or of many some that are spread evenly over them.
 */
export function targetsOf(addresses: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const nodes = [...addresses].sort(([a], [b]) => (a < b ? -1 : 1));
  const others = nodes.length - 1;
  const count = Math.min(others, mostTargets);
  const steps = [...Array(Math.max(0, count)).keys()].map((index) => Math.round(((index + 1) * others) / count));
  return Object.fromEntries(
    nodes.map(([node], at) => {
      const asked = steps.map((step) => nodes[(at + step) % nodes.length] ?? []);
      return [node, asked.map((target) => `${target.join(' ')}\n`).join('')];
    }),
  );
}

/** What is proven when all pods that ask are ready, as the end of 'Pods of each of 3 nodes reached …'. */
export function provenWords({serviceAddress, acrossMachines, apiName}: PodTrial, nodes: number): string {
  const across =
    nodes < 2 ? '' : nodes - 1 <= mostTargets ? ', pods of every other' : `, pods of ${mostTargets} others`;
  return [
    `the API at ${serviceAddress}`,
    ...(apiName === undefined ? [] : [` and by name`]),
    ...(acrossMachines
      ? [across]
      : ['; that pods of different machines reach each other is not promised, and was not tried']),
  ].join('');
}

/** An object's name in a run. */
export function named(object: ObjectName, run: string): ObjectName {
  const put = (text: string) => text.replace('$RUN', run);
  return {
    ...object,
    name: put(object.name),
    ...(object.namespace === undefined ? {} : {namespace: put(object.namespace)}),
  };
}

const labels = {'app.kubernetes.io/managed-by': 'pai-tui'};
const everySecond = {periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 1};

interface Pods {
  readonly image: string;
  readonly script: string;
  readonly env: readonly object[];
  readonly pod: object;
  readonly container: object;
}

/** On every node, whatever it is tainted with; gone as soon as it is told to go. */
function daemonSet({apiVersion, kind, name, namespace = ''}: ObjectName, pods: Pods): KubeObject {
  const own = {'pai-tui': name};
  return {
    apiVersion,
    kind,
    metadata: {name, namespace, labels},
    spec: {
      selector: {matchLabels: own},
      template: {
        metadata: {labels: own},
        spec: {
          tolerations: [{operator: 'Exists'}],
          terminationGracePeriodSeconds: 0,
          ...pods.pod,
          containers: [
            {
              name,
              image: pods.image,
              imagePullPolicy: 'IfNotPresent',
              command: ['sh', '-c', pods.script],
              env: [{name: 'NODE', valueFrom: {fieldRef: {fieldPath: 'spec.nodeName'}}}, ...pods.env],
              ...pods.container,
            },
          ],
        },
      },
    },
  };
}
