/** What is to be known before scripts of a tree are run. Pure. */

import {foldHostNames} from '../../machines/host-names.ts';
import type {Problem} from '../../problem.ts';
import type {TreeFacts} from './facts.ts';
import {canKeepEtcd, type TreeTools} from './scripts.ts';

/** `booted` are the machines that scripts are run on. */
export function bootNotices(facts: TreeFacts, booted: readonly string[]): readonly Problem[] {
  const {layout, machines, tools, api} = facts;
  const leftOut = machines.flatMap(({name, problem}): readonly Problem[] =>
    problem
      ? [
          {
            code: 'machine-unreachable',
            severity: 'warning',
            message: `${name} is left out: ${problem.message}`,
            hint: 'When it answers again, boot again: machines with a kubelet stay as they are.',
            machine: name,
          },
        ]
      : [],
  );
  const having = machines.flatMap(({name, remains}) => (remains?.containers?.hasKubelet ? [name] : []));
  const stay: readonly Problem[] =
    having.length === 0
      ? []
      : [
          {
            ...{code: 'tree-packages', severity: 'notice'},
            message: `${foldHostNames(having)} ${having.length === 1 ? 'has' : 'have'} a kubelet already, and no script is run there: they cannot be run twice.`,
            hint: 'To boot such a machine anew, clean the cluster first: pai-tui cluster k8s-clean --package-set tree',
          },
        ];
  if (booted.length === 0) return [...leftOut, ...stay];
  return [
    notProven(booted, tools),
    {
      ...{code: 'tree-packages', severity: 'warning'},
      message: `Less safe than what pai-tui boots by itself: as the originals have it, the API is plain HTTP at ${api.host}:${api.port}, without TLS, without a login, for whoever reaches it; so is etcd. Who can talk to them is master of all machines.`,
      hint: 'Let a firewall keep everybody else from ports 8080, 2380 and 4001 of the masters.',
    },
    {
      ...{code: 'tree-packages', severity: 'warning'},
      message:
        'Machines are not checked first. A machine whose scripts fail half-way has to be cleaned before it is booted again; a run that is resumed begins its scripts anew.',
    },
    ...(tools.era < 'C' ? [cleansFirst] : []),
    {
      ...{code: 'tree-packages', severity: 'notice'},
      message:
        'What the tools of the tree do on their own computer is not done: kubectl and its kubeconfig, kube-proxy, the dashboard. Looked at in the end is whether the API answers, and nothing else.',
      hint: `cluster package ${layout.masters[0]?.name} --package-set tree -o DIR writes them too, rendered, for kubectl apply -f.`,
    },
    ...leftOut,
    ...stay,
  ];
}

const cleansFirst: Problem = {
  ...{code: 'tree-packages', severity: 'warning'},
  message:
    'start.sh of the first releases cleans each machine before it starts anything there, and takes the data of etcd with it.',
};

/** `cleaned` are the machines that scripts are run on. */
export function cleanNotices(
  {tools}: Pick<TreeFacts, 'tools'>,
  cleaned: readonly string[],
  force: boolean,
): readonly Problem[] {
  return [
    notProven(cleaned, tools),
    {
      ...{code: 'tree-packages', severity: 'warning'},
      message:
        'Less careful than what pai-tui does by itself: as the originals have it, containers go whose listing has "k8s_" in it, whoever they belong to, and packages may be installed for it.',
      hint: 'Without --package-set tree, what is of the cluster goes and nothing else.',
    },
    {
      ...{code: 'cluster-data', severity: 'warning'},
      message: !canKeepEtcd(tools)
        ? 'The data of etcd go for good: the scripts of this release remove them always.'
        : force
          ? 'The data of etcd go for good, and with them everything the cluster knows.'
          : 'The data of etcd stay where they are, as the originals leave them: the next boot by scripts of a tree takes them up again.',
    },
  ];
}

function notProven(machines: readonly string[], tools: TreeTools): Problem {
  return {
    ...{code: 'tree-packages', severity: 'warning'},
    message: `Not proven: scripts of the tree (${tools.release}) run as root on ${foldHostNames(machines)}. What they change is known to them alone.`,
    hint: 'Read them first: pai-tui cluster package MACHINE --package-set tree -o DIR',
  };
}
