/** Which kubectl this computer is to use for a cluster. Pure. */

import {join} from 'node:path';
import {displayText} from '../../names.ts';
import type {Problem} from '../../problem.ts';
import {minorOf} from '../layout/versions.ts';

/** A kubectl of this computer. */
export interface FoundKubectl {
  readonly path: string;
  /** 'v1.20.2'; absent: it does not run, or says none. */
  readonly version?: string;
}

export interface KubectlFacts {
  /** The one that is run when its name is typed. */
  readonly onPath?: FoundKubectl;
  /** The one in the folder that was asked for. */
  readonly inPrograms?: FoundKubectl;
  /** Whether that folder is there. */
  readonly isFolderThere: boolean;
  /** Whether that folder is one of PATH. */
  readonly isOnPath: boolean;
  /** As Node calls them. */
  readonly platform: string;
  readonly arch: string;
}

export type KubectlJudgement =
  | {readonly type: 'kept'; readonly path: string; readonly version: string; readonly notices: readonly Problem[]}
  | {
      readonly type: 'wanted';
      readonly path: string;
      /** What is there and goes. */
      readonly replaces?: FoundKubectl;
      readonly why: string;
      readonly notices: readonly Problem[];
    }
  /** That of the masters does not run here. */
  | {readonly type: 'left out'; readonly notices: readonly Problem[]};

/** Kubernetes' version skew policy: kubectl may be one minor version older or newer than the API server. */
export function fits(kubectl: string | undefined, cluster: string): kubectl is string {
  const [major, minor] = numbers(kubectl);
  const [wantedMajor, wantedMinor] = numbers(cluster);
  return major === wantedMajor && Math.abs(minor - wantedMinor) <= 1;
}

function numbers(version: string | undefined): readonly [number, number] {
  const [major = Number.NaN, minor = Number.NaN] = (minorOf(version ?? '') ?? '').split('.').map(Number);
  return [major, minor];
}

/** One that fits is kept, wherever it lies; else the one in `programs` becomes that of the cluster. */
export function judgeKubectl(facts: KubectlFacts, programs: string, cluster: string): KubectlJudgement {
  const {onPath, inPrograms, isOnPath} = facts;
  if (onPath && fits(onPath.version, cluster))
    return {type: 'kept', path: onPath.path, version: onPath.version, notices: []};
  const path = join(programs, 'kubectl');
  const isFirst = isOnPath && (!onPath || onPath.path === path);
  const notices = isFirst ? [] : [shadowed(path, onPath, isOnPath)];
  if (inPrograms && fits(inPrograms.version, cluster))
    return {type: 'kept', path: inPrograms.path, version: inPrograms.version, notices};
  if (facts.platform !== 'linux') return {type: 'left out', notices: [notForHere(facts, cluster)]};
  const why = onPath
    ? `${described(onPath)} does not fit ${cluster}: it may differ by one minor version`
    : 'no kubectl is found by PATH';
  return {type: 'wanted', path, ...(inPrograms ? {replaces: inPrograms} : {}), why, notices};
}

function described({path, version}: FoundKubectl): string {
  return version === undefined ? `${displayText(path)}, which does not run,` : `${displayText(path)} (${version})`;
}

function shadowed(path: string, onPath: FoundKubectl | undefined, isOnPath: boolean): Problem {
  const folder = displayText(path.slice(0, path.lastIndexOf('/')));
  return {
    code: 'not-found',
    severity: 'warning',
    message:
      isOnPath && onPath
        ? `Typing kubectl runs ${described(onPath)}, which PATH names before ${folder}.`
        : `${folder} is not in PATH, so typing kubectl does not run the one in it.`,
    hint: `Put it first: export PATH=${folder}:$PATH`,
  };
}

function notForHere({platform}: KubectlFacts, cluster: string): Problem {
  return {
    code: 'not-found',
    severity: 'warning',
    message: `No kubectl here fits ${cluster}, and that of the masters is for Linux, not ${platform}.`,
    hint: `Install a kubectl of ${minorOf(cluster)} by hand, and repeat this for the kubeconfig.`,
  };
}
