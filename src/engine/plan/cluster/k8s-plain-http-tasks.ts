/** The API by plain HTTP on port 8080 of the masters, where that was chosen: for services that know no TLS. */

import {withApi} from '../../cluster/boot/api.ts';
import {type Boot, type Joining, taskOn} from '../../cluster/boot/boot.ts';
import {type Changes, runSteps, stepEffects} from '../../cluster/boot/run-steps.ts';
import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {certificateInput} from '../../cluster/packages/certificate-input.ts';
import {plainHttpFile, plainHttpSettings, plainHttpToken} from '../../cluster/packages/plain-http.ts';
import {plainHttpSteps} from '../../cluster/packages/steps.ts';
import type {Kube} from '../../kube-tools.ts';
import {ProblemError} from '../../problem.ts';
import {Secret} from '../../secret.ts';
import type {Retry, Task, TaskContext} from '../types.ts';

const minute = 60_000;
const retry: Retry = {attempts: 3, on: ['machine-lost', 'machine-unreachable'], waitMs: 2000, maxWaitMs: 15_000};

/** On each master, once the account is there whose rights whoever asks will have. */
export function plainHttpTasks(account: string, boot: Boot): readonly Task[] {
  return boot.masters.map((master) => plainHttpTask(master, [account, taskOn(master, 'api-ready')], boot));
}

export function plainHttpTask(machine: ClusterMachine, needs: readonly string[], boot: Joining): Task<Changes> {
  const {layout, choice, masters} = boot;
  const steps = plainHttpSteps(machine);
  return {
    id: taskOn(machine, 'plain-http'),
    title: 'Offer the API by plain HTTP on port 8080',
    on: machine.name,
    needs,
    touches: 'a machine',
    does: stepEffects(machine, 'deploy', steps),
    expected: boot.isMember(machine) ? 'decided while running' : 'change',
    why: ['plain-http-api is "true" in the configuration'],
    ...{retry, deadlineMs: 5 * minute},
    async run(context) {
      const names = masters.map(({name}) => name);
      const token = await withApi(names, context, (api) => tokenOf(api, context));
      const {text, digest} = plainHttpSettings(layout, choice, token);
      const stdin = certificateInput([{path: plainHttpFile, mode: 0o600, content: text}]).reveal();
      const work = {layout, machine, operation: 'deploy', steps, choice: {...choice, plainHttpDigest: digest}} as const;
      return runSteps({...work, stdinOf: async (step) => (step.stdin === undefined ? undefined : stdin)}, context);
    },
  };
}

/** The controller manager puts it into the Secret a moment after that was made. It stays in memory. */
async function tokenOf(api: Kube, context: TaskContext): Promise<Secret> {
  const look = async (): Promise<Look<Secret>> => {
    const data: unknown = (await api.read(plainHttpToken, context.signal))?.['data'];
    const token: unknown = typeof data === 'object' && data !== null && 'token' in data ? data.token : undefined;
    if (typeof token !== 'string' || token === '') return {waitsFor: 'the account has no token yet'};
    return {found: new Secret(Buffer.from(token, 'base64').toString('utf8'))};
  };
  const late = async (waitsFor: string) =>
    new ProblemError({
      code: 'deadline-passed',
      message: `Plain HTTP cannot be offered: ${waitsFor}.`,
      hint: 'The controller manager makes it: see whether that is well, and repeat the run.',
    });
  return waitFor({deadlineMs: 2 * minute, look, late}, context);
}
