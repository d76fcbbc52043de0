import type {Remains, SizedFolder} from './remains.ts';

/** How many names are told one by one. */
const named = 6;

/** '/var/lib/kubelet (1.2 GiB)' */
export function sizedWords({path, bytes}: SizedFolder): string {
  return bytes === undefined ? path : `${path} (${gibibytes(bytes)})`;
}

/** 'a, b and 3 more' */
function someOf(names: readonly string[]): string {
  const more = names.length - named;
  return more > 0 ? `${names.slice(0, named).join(', ')} and ${more} more` : names.join(', ');
}

/** Why containers go; empty where there are none. */
export function containerWords({containers}: Remains): readonly string[] {
  if (!containers) return ['docker does not answer: start it first, without it none can be removed'];
  const {hasKubelet, count, pods} = containers;
  return [
    ...(hasKubelet ? ['the kubelet is there'] : []),
    ...(count === 0
      ? []
      : [`so ${count === 1 ? 'is 1 container' : `are ${count} containers`} of pods: ${someOf(pods)}`]),
  ];
}

/** Why files go; empty where there are none. */
export function fileWords({folders, files, hasRules}: Remains): readonly string[] {
  const there = [...folders.map(sizedWords), ...files];
  return [
    ...(there.length === 0 ? [] : [`there are ${there.join(', ')}`]),
    ...(hasRules ? ['there are rules of kube-proxy, or for packets to pods'] : []),
  ];
}

function gibibytes(bytes: number): string {
  const amount = bytes / 2 ** 30;
  if (amount < 0.05) return 'less than 0.1 GiB';
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} GiB`;
}
