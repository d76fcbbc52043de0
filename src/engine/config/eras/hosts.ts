/** What the tools cannot go on without: who logs in, and one machine at least for each part (behaviour 3.2). */

import type {Problem} from '../../problem.ts';
import {isAtLeast, type Release} from '../release.ts';
import {below, keyOf, lineOf, type Place} from '../yaml-access.ts';
import type {MachineEntry} from './machines.ts';

/** Machines nobody could log in to. A password is no must: there is the agent, and a prompt. */
export function checkLogins(entries: readonly MachineEntry[], where: string): Problem[] {
  return entries.flatMap(({name, login, place}) => {
    if (login.user === undefined) {
      return problem(
        below(place, 'username'),
        `The machine ${name} has no username.`,
        `Write username: NAME ${where}.`,
      );
    }
    if (login.password !== undefined || login.keyFile !== undefined) return [];
    return problem(
      below(place, 'password'),
      `The machine ${name} has neither password nor keyfile-path.`,
      `Write one of them ${where}, or have the key in the ssh agent.`,
      'warning',
    );
  });
}

/** `list` is where machines are listed. Without machines the list itself was reported. */
export function checkHosts(entries: readonly MachineEntry[], list: Place, release: Release): Problem[] {
  if (entries.length === 0) return [];
  const hasLabel = (label: string) => entries.some(({labels}) => labels.includes(label));
  const needed: [boolean, string, string][] = [
    [
      hasLabel('pai-master'),
      'is a pai-master',
      'Write pai-master: "true" (with the quotes) at the machine the services run on.',
    ],
  ];
  if (!isAtLeast(release, 'v1.0')) {
    needed.push(
      [hasLabel('dashboard'), 'has the dashboard', 'Write dashboard: "true" (with the quotes) at one of the masters.'],
      [
        entries.some(({roles}) => roles.includes('master')),
        'is a Kubernetes master',
        'Write k8s-role: master at one of them.',
      ],
    );
  }
  return needed.flatMap(([isThere, what, hint]) => (isThere ? [] : problem(list, `No machine ${what}.`, hint)));
}

/** One master, workers, and none that is both: what v1.0 and later are set up with (behaviour 2.10). */
export function checkServiceRoles(entries: readonly MachineEntry[], list: Place, release: Release): Problem[] {
  if (entries.length === 0) return [];
  const masters = entries.filter(({labels}) => labels.includes('pai-master'));
  const workers = entries.filter(({labels}) => labels.includes('pai-worker'));
  // The loader itself looks for this since v1.5; before, only the set-up of Kubernetes did.
  const severity = isAtLeast(release, 'v1.5') ? undefined : 'warning';
  const more = masters.slice(1).flatMap(({name, place}) => {
    const message = `The machine ${name} is the second pai-master, and there must be one.`;
    return problem(below(place, 'pai-master'), message, 'Write pai-master: "false" at all but one.', severity);
  });
  const both = masters
    .filter((machine) => workers.includes(machine))
    .flatMap(({name, place}) => {
      const message = `The machine ${name} is pai-master and pai-worker.`;
      return problem(below(place, 'pai-worker'), message, 'Write pai-worker: "false" there.', 'warning');
    });
  if (workers.length > 0) return [...more, ...both];
  const hint = 'Write pai-worker: "true" (with the quotes) at the machines that run jobs.';
  return [...more, ...problem(list, 'No machine is a pai-worker.', hint, 'warning')];
}

function problem(place: Place, message: string, hint: string, severity?: 'warning'): Problem[] {
  const {file} = place.source;
  const where = {file, line: lineOf(place), key: keyOf(place)};
  return [{code: 'config-invalid', ...(severity ? {severity} : {}), message, hint, ...where}];
}
