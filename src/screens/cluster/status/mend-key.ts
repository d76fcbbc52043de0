import type {FoldedFinding} from '../../../engine/index.ts';

/** The key of this screen that mends a problem, or leads to where it is mended. */
export interface MendKey {
  readonly key: 'B' | 'R' | 'E' | 'l' | 'm';
  readonly word: string;
  /** The log to look into; absent: it is chosen. */
  readonly container?: string;
}

/** Absent: it is mended by hand, and the problem says how. */
export function mendKeyOf({mend, part, gravity, machines}: FoldedFinding): MendKey | undefined {
  const command = mend?.command ?? '';
  if (command === 'cluster k8s-bootup') return {key: 'B', word: 'boot'};
  if (command === 'cluster certificates renew') return {key: 'R', word: 'renew'};
  if (/^machine etcdfix \S+$/.test(command)) return {key: 'E', word: 'etcdfix'};
  const [isLog, container] = /^machine logs \S+(?: --container (\S+))?$/.exec(command) ?? [];
  if (isLog !== undefined) return {key: 'l', word: 'log', ...(container === undefined ? {} : {container})};
  // Why a machine cannot be asked is looked at, and host keys and passwords are given, among the machines.
  if (part === 'machines' && gravity === 'unknown' && machines.length > 0) return {key: 'm', word: 'machine'};
  return undefined;
}
