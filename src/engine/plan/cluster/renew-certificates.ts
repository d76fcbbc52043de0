import type {RenewCertificatesRequest} from '../../api.ts';
import {type CertifiedMachine, type RenewalFacts, readRenewalFacts} from '../../cluster/renewal/facts.ts';
import type {CertificateStatus} from '../../cluster/status/types.ts';
import {displayText} from '../../names.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {together} from '../together.ts';
import type {Operation, Plan} from '../types.ts';
import {renewalTasks} from './renewal-tasks.ts';

/** Replaces all certificates of a cluster by new ones of the same authorities, machine by machine. */
export const renewCertificates: Operation<RenewCertificatesRequest, RenewalFacts> = {
  name: 'cluster certificates renew',
  locks: (_request, {layout}) => [{scope: 'machines', of: layout.name}],
  clusterLock: (_request, {layout}) => ({masters: layout.masters.map(({name}) => name)}),
  readFacts: readRenewalFacts,
  plan: planRenewal,
};

/** Pure. Throws where no master has the authorities that sign. */
export function planRenewal(_request: RenewCertificatesRequest, facts: RenewalFacts): Plan {
  const {layout, podNetwork} = facts;
  const found = layout.machines.flatMap((machine) => {
    const certified = facts.machines.find(({name}) => name === machine.name);
    return certified && certified.certificates.length > 0 ? [{machine, certificates: certified.certificates}] : [];
  });
  const masters = found.filter(({machine}) => machine.roles.includes('master'));
  const [home] = masters;
  if (!home) throw new ProblemError(together(refusals(facts)) ?? notBooted);
  const isBroken = masters.some(({certificates}) => certificates.some(isBad));
  const count = found.length === 1 ? '1 machine' : `${found.length} machines`;
  return {
    operation: 'cluster certificates renew',
    title: `Renew the certificates of ${displayText(layout.name)} on ${count}`,
    tasks: renewalTasks({
      ...{layout, choice: {podNetwork}, home: home.machine, isBroken},
      machines: found.map(({machine, certificates}) => ({machine, why: whyOf(certificates)})),
    }),
    notices: [...facts.machines.flatMap(leftOut), ...notices(facts, isBroken)],
    basis: {layout, podNetwork},
  };
}

/** It does not work: whatever needs it is broken already. */
function isBad({state}: CertificateStatus): boolean {
  return state !== 'good' && state !== 'expiring';
}

function whyOf(certificates: readonly CertificateStatus[]): readonly string[] {
  const leaves = certificates.filter(({kind}) => kind !== undefined);
  const bad = leaves.filter(isBad).flatMap(({faults}) => faults.slice(0, 1));
  const [first] = leaves
    .flatMap(({until, daysLeft}) => (until === undefined || daysLeft === undefined ? [] : [{until, daysLeft}]))
    .sort((a, b) => a.until - b.until);
  if (!first) return bad;
  const left = first.daysLeft === 1 ? '1 day' : `${first.daysLeft} days`;
  return [...bad, `the first of its ${leaves.length} certificates ends on ${day(first.until)}, in ${left}`];
}

function day(until: number): string {
  return new Date(until).toISOString().slice(0, 10);
}

const notBooted: Problem = {
  code: 'not-found',
  message: 'No master has certificates of a cluster, so there are none to renew.',
  hint: 'Boot the cluster: pai-tui cluster k8s-bootup',
};

function refusals({layout, machines}: RenewalFacts): readonly Problem[] {
  return layout.masters.flatMap(({name}) => machines.find((one) => one.name === name)?.problem ?? []);
}

function leftOut({name, problem, certificates}: CertifiedMachine): readonly Problem[] {
  if (certificates.length > 0) return [];
  const hint = 'Renew again when it is there.';
  if (problem) {
    return [{...problem, severity: 'warning', message: `${name} is left out: ${problem.message}`, hint, machine: name}];
  }
  const message = `${name} is left out: nothing of the cluster lies on it.`;
  return [
    {code: 'certificate-renewal', severity: 'warning', message, hint: 'It joins with the next boot.', machine: name},
  ];
}

function notices({machines}: RenewalFacts, isBroken: boolean): readonly Problem[] {
  const notice = (message: string, hint?: string): Problem => ({
    ...{code: 'certificate-renewal', severity: 'notice', message},
    ...(hint === undefined ? {} : {hint}),
  });
  const authorities = machines.flatMap(({certificates}) => certificates.filter(({kind}) => kind === undefined));
  const ends = authorities.flatMap(({until}) => until ?? []);
  const until = ends.length === 0 ? '' : ` The first of them ends on ${day(Math.min(...ends))}.`;
  return [
    notice(
      `Authorities are not renewed, and neither are the keys of service accounts: everything they signed stays valid.${until}`,
    ),
    isBroken
      ? {
          ...notice(
            'Certificates of masters do not work any more, so nobody can be waited for between them: the API is gone until all are done.',
          ),
          severity: 'warning',
        }
      : notice(
          'Masters have their turn one after the other; the next one only when etcd and the API server of the one before are well. Kubelets start again, their pods go on.',
        ),
    notice(
      'Kubeconfigs outside of the masters keep the certificate that they hold until it ends.',
      'On this computer, put the new one there with: pai-tui cluster install-kubectl',
    ),
  ];
}
