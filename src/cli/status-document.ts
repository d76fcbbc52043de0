import type {ClusterStatus, EtcdMember} from '../engine/index.ts';
import {certificateDocument, isoOf} from './cluster-certificates.ts';

/** `cluster status` as JSON: one list for each part, times as ISO 8601, null for what is not known. */
export function statusDocument(status: ClusterStatus) {
  const {cluster, health, versions, api, nodes, pods, etcd, machines, findings} = status;
  return {
    ...{cluster, health, versions},
    nodes: (nodes.known ?? []).map(({name, nodeName, roles, state, node, isConfigured}) => ({
      ...{name, nodeName, role: roles.join(',') || null, state, isConfigured},
      version: node?.version ?? null,
      seen: isoOf(node?.heardAt),
      ...(node ? {pressures: node.pressures, taints: node.taints, schedulable: node.schedulable} : {}),
    })),
    api: (api.known?.servers ?? []).map(({machine, server, state, failing, version, at, problem}) => ({
      ...{machine: machine ?? null, server, state, failing, version: version ?? null, seen: isoOf(at)},
      ...(problem ? {problem} : {}),
    })),
    leaders: (api.known?.leaders ?? []).map(({component, holder, renewedAt}) => ({
      ...{component, holder: holder ?? null, seen: isoOf(renewedAt)},
    })),
    pods: pods.known ?? null,
    etcd: (etcd.known?.members ?? []).map(etcdMemberDocument),
    machines: machines.map(({machine, roles, at, known, problem}) => ({
      ...{name: machine, role: roles.join(',') || null, seen: isoOf(at), isPart: known?.isPart ?? null},
      ...(problem ? {problem} : {}),
    })),
    certificates: machines.flatMap(({machine, known}) =>
      (known?.certificates ?? []).map((certificate) => certificateDocument(machine, certificate)),
    ),
    drift: machines.flatMap(({machine, known}) =>
      (known?.drift.known ?? []).map(({what, ...entry}) => ({machine, path: what, ...entry})),
    ),
    problems: findings,
  };
}

/** What `cluster status` and `cluster etcd status` say of a member in JSON. */
export function etcdMemberDocument({name, id, machine, state, reason, isLeader, status, at}: EtcdMember) {
  return {
    ...{name, id: id ?? null, machine: machine ?? null, state, leader: isLeader, revision: status?.revision ?? null},
    ...{seen: isoOf(at), ...(reason === undefined ? {} : {reason})},
  };
}
