/** What has to be known before certificates are replaced. Plain JSON, without a key. */

import type {RenewCertificatesRequest} from '../../api.ts';
import {each} from '../../machines/each.ts';
import {together} from '../../plan/together.ts';
import type {FactWorld} from '../../plan/types.ts';
import {isError, type Problem, ProblemError, problemOf} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import {clusterLayout} from '../layout/layout.ts';
import type {ClusterLayout} from '../layout/types.ts';
import type {DecidedPodNetwork} from '../packages/choice.ts';
import {askForStatus, type MachineAnswer, readStatusScript} from '../status/ask-machine.ts';
import {authoritiesOf, judgeCertificates} from '../status/judge-certificates.ts';
import {bridgesIn, podNetworkSeen} from '../status/pod-network.ts';
import type {CertificateStatus} from '../status/types.ts';

export interface RenewalFacts {
  readonly layout: ClusterLayout;
  readonly podNetwork: DecidedPodNetwork;
  /** In the order of the configuration. */
  readonly machines: readonly CertifiedMachine[];
}

export interface CertifiedMachine {
  readonly name: string;
  /** Why it could not be asked. */
  readonly problem?: Problem;
  /** Authorities first; empty where nothing of a cluster lies on it. */
  readonly certificates: readonly CertificateStatus[];
}

/** Machines that are asked at once, without those that take long. */
const parallel = 40;

export async function readRenewalFacts(
  {config: folder, source}: RenewCertificatesRequest,
  {tools}: FactWorld,
  signal: AbortSignal,
): Promise<RenewalFacts> {
  const {config} = await readConfig(folder, source);
  const {layout, problems} = clusterLayout(config);
  if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? nothingToRenew);
  const {assets, clock, machines} = tools;
  const script = await readStatusScript(assets);
  const answers = new Map<string, MachineAnswer>();
  const refusals = new Map<string, Problem>();
  await each(layout.machines, {parallel, clock}, async ({name}) => {
    try {
      answers.set(name, await machines.use(name, (remote) => askForStatus(remote, script, signal), signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProblemError)) throw error;
      refusals.set(name, problemOf(error));
    }
  });
  const now = new Date(clock.now());
  const [master] = layout.masters.flatMap(({name}) => answers.get(name) ?? []);
  const trusted = master ? authoritiesOf(master, now) : {};
  return {
    layout,
    podNetwork: podNetworkSeen(layout, bridgesIn(answers)),
    machines: layout.machines.map((machine) => {
      const [answer, problem] = [answers.get(machine.name), refusals.get(machine.name)];
      const isPart = answer !== undefined && answer.certificates.size > 0;
      return {
        name: machine.name,
        ...(problem ? {problem} : {}),
        certificates: isPart ? judgeCertificates(layout, machine, answer, trusted, now) : [],
      };
    }),
  };
}

const nothingToRenew: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};
