/** Which versions of Kubernetes and etcd can be booted, and what differs between them. */

/** Seen to boot, on real parts. */
const provenMinor = 20;

/** From API servers without an insecure port (their CHANGELOG-1.20) to the last with dockershim (CHANGELOG-1.24). */
const bootable = {first: 20, last: 23} as const;

export interface VersionJudgement {
  readonly isProven: boolean;
  /** Why it cannot be booted, as a sentence; absent: it can. */
  readonly refusal?: string;
}

/** '1.20' of 'v1.20.2'; undefined for what is no version. */
export function minorOf(version: string): string | undefined {
  return /^v?(\d+\.\d+)(?:\.|$)/.exec(version)?.[1];
}

const stillSeen = 'A running cluster of that version can still be looked at.';

export function judgeVersion(version: string): VersionJudgement {
  const [major, minor] = (minorOf(version) ?? '').split('.').map(Number);
  if (major !== 1 || minor === undefined)
    return {isProven: false, refusal: `${version} is no version of Kubernetes 1.`};
  if (minor < bootable.first) {
    const refusal = `Kubernetes ${version} is too old to be booted: what is set up here speaks TLS only, as 1.20 and later do. ${stillSeen}`;
    return {isProven: false, refusal};
  }
  if (minor > bootable.last) {
    const refusal = `Kubernetes ${version} cannot be booted: its kubelet does not run containers by Docker any more, since 1.24. ${stillSeen}`;
    return {isProven: false, refusal};
  }
  return {isProven: minor === provenMinor};
}

/** Members are added as learners, which etcd has since 3.4. Undefined: it can be booted. */
export function etcdRefusal(version: string): string | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (minor === undefined) return `${version} is no version of etcd.`;
  if (Number(major) === 3 && Number(minor) >= 4) return undefined;
  return `etcd ${version} cannot be booted: members are added as learners, which etcd has since 3.4. ${stillSeen}`;
}

/** Flags that not every version has, for whom they are: a flag is a line. */
export function versionFlags(version: string): Readonly<Record<'controllerManager' | 'scheduler', readonly string[]>> {
  const minor = Number((minorOf(version) ?? '1.20').split('.')[1]);
  return {
    // An insecure port besides, unless told not to; gone in 1.22 and 1.23 (CHANGELOG-1.22, -1.23: "Insecure serving").
    controllerManager: minor < 22 ? ['--port=0'] : [],
    scheduler: minor < 23 ? ['--port=0'] : [],
  };
}
