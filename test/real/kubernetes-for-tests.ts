import type {ChildProcess} from 'node:child_process';
import {isBuilt} from '../lab/kubernetes/binaries.ts';
import {startBuild, whyNotToBuild} from '../lab/kubernetes/build.ts';
import {whyNoLabForCluster} from '../lab/kubernetes/kubernetes-lab.ts';
import {mayInstall} from '../lab/obstacles.ts';

let build: ChildProcess | undefined;

/** Begins to build Kubernetes beside the tests, of which those wait that need it, where system packages may be installed. */
export async function setup(): Promise<void> {
  if (!mayInstall()) return;
  if (isBuilt() || whyNoLabForCluster() || whyNotToBuild()) return;
  build = await startBuild();
}

/** Nobody waits for it any more. */
export async function teardown(): Promise<void> {
  const child = build;
  build = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
