/** What an earlier Kubernetes left on a machine, and what was kept of it on purpose. */

import {othersWords} from '../../membership.ts';
import {failed, type MachineRule, ok, type Verdict, warning, withAnswer} from './rule.ts';

const clean = "'pai-tui cluster k8s-clean' takes it away.";

/** What a clean leaves, because a boot of ours brings nothing of that kind. */
const ofOthers =
  /^(?:unit |network device |process k3s|\/var\/lib\/etcd$|\/etc\/cni\/|\/opt\/cni\/|\/var\/lib\/cni$|\/etc\/rancher$|\/run\/)/;
const ofPlugins = /^(?:network device (?!kube-ipvs)|\/etc\/cni\/|\/var\/lib\/cni$)/;

export const leftovers: MachineRule = {
  check: 'leftovers',
  judge({facts, answer, member, cluster}) {
    if (member === 'this cluster') return [ok('It is of this cluster.')];
    if (member === 'another cluster') {
      return [
        failed(
          `It is of another cluster, ${othersWords(answer?.member ?? {servers: []})}.`,
          'Take it out of that cluster first, or out of this configuration.',
        ),
      ];
    }
    const etcd = [...(answer?.etcdData ?? []), ...(answer?.etcdKept ?? [])];
    // What is moved aside lies in the folder of etcd, which is not empty then.
    const left = facts.leftovers.filter(
      (what) =>
        !etcd.some((folder) => folder === what || folder.startsWith(`${what}/`) || folder.startsWith(`${what}.`)),
    );
    if (left.length === 0) return [ok('Nothing is left of an earlier one.')];
    const hasPlugins = cluster.podNetwork.kind === 'manifest';
    const fixFor = (things: readonly string[]) => {
      const others = things.filter((what) => ofOthers.test(what) && !(hasPlugins && ofPlugins.test(what)));
      const stays = `Take away ${others.join(', ')} by what brought it.`;
      if (others.length === 0) return clean;
      return others.length === things.length ? stays : `${clean} ${stays}`;
    };
    const alive = left.filter((what) => !what.startsWith('/') || what.startsWith('/etc/kubernetes/manifests/'));
    const dead = left.filter((what) => !alive.includes(what));
    return [
      ...(alive.length > 0
        ? [failed(`An earlier Kubernetes is at work, or will be: ${alive.join(', ')}.`, fixFor(alive))]
        : []),
      ...(dead.length > 0 ? [warning(`An earlier Kubernetes left ${dead.join(', ')}.`, fixFor(dead))] : []),
    ];
  },
};

/** A new cluster would come up with what an old one knew, and say nothing of it. */
export const etcdData: MachineRule = {
  check: 'etcd data',
  judge: withAnswer(({etcdData: found, etcdKept, isRoot}, {member, machine}) => {
    const isMaster = machine.roles.includes('master');
    const verdicts: Verdict[] = [];
    if (found.length > 0 && member !== 'this cluster') {
      const where = `Data of an earlier etcd lies in ${found.join(', ')}`;
      verdicts.push(
        isMaster
          ? failed(`${where}: the new cluster would come up with it.`, "'pai-tui cluster k8s-clean' moves it aside.")
          : warning(`${where}, and this machine is no master.`, 'Move it elsewhere if it is not wanted there.'),
      );
    }
    if (etcdKept.length > 0) verdicts.push(ok(`Kept from earlier, and not used: ${etcdKept.join(', ')}.`));
    if (verdicts.length > 0 || !isMaster) return verdicts;
    if (found.length > 0) return [ok(`That of this cluster, in ${found.join(', ')}.`)];
    return [
      isRoot
        ? ok('There is none: the cluster starts empty.')
        : {state: 'unknown', detail: 'Only root sees whether there is any.'},
    ];
  }),
};
