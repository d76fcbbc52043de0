import type {Command} from './command.ts';
import {askingFlags, changingFlags, clusterChangingFlags, loginFlags, passwords} from './common.ts';

export const clusterCommands: readonly Command[] = [
  {
    name: 'cluster check',
    flags: askingFlags,
    about: 'Whether Kubernetes can go on the machines of a configuration: each by itself, and all side by side.',
    more: [
      'Asked are reachability, sudo, system, memory, disks, swap, control groups, modules of the kernel, docker, ports, what an earlier cluster left, registries and images as the machine itself reaches them, names, clocks, the network between machines, ranges of addresses, and the address of the API. Nothing is changed on any machine.',
      'A state is ok, warning (the cluster can be booted all the same), failed, or unknown (it could not be asked). Ends with 1 when a check failed or some machines were not reached, with 6 when none was.',
      passwords,
    ],
    json: '{"checks":[{"machine","check","state":"ok"|"warning"|"failed"|"unknown","detail","fix"}]}',
    examples: [
      'pai-tui cluster check -c ~/cluster',
      'pai-tui cluster check -c ~/cluster --json | jq \'.checks[] | select(.state != "ok")\'',
    ],
    since: '0.1.0',
  },
  {
    name: 'cluster k8s-bootup',
    flags: ['verify', 'package-set', ...clusterChangingFlags],
    about: 'Boot the Kubernetes cluster of a configuration, or bring one that runs to what the configuration says.',
    more: [
      'The machines are checked first, and the plan says what would be done on each. All of them go on side by side: docker, images, certificates, etcd on the masters, API servers, then the workers; last, kubectl and a context in the kubeconfig of this computer, and a look at the whole.',
      'What is as it should be stays as it is: a second boot changes nothing. One that was interrupted is resumed, or begun again.',
      'A machine that cannot be reached is left out with a warning. Masters must be a majority.',
      'With --package-set tree, the scripts that the tree brings for its machines (k8sPaiLibrary; up to v0.4.0 start.sh) are sent and run instead, in the order of the tools of its release, for any version of Kubernetes: proxies, then masters, then workers side by side. That is not proven, and less safe: an API by plain HTTP, as the originals have it. Every exit code is read; one that is not 0 stops that machine. In the end the API has to answer.',
      passwords,
    ],
    examples: [
      'pai-tui cluster k8s-bootup -c ~/cluster --dry-run',
      'pai-tui cluster k8s-bootup -c ~/cluster --yes',
      'pai-tui cluster k8s-bootup -c ~/cluster --verify',
      'pai-tui cluster k8s-bootup -c ~/cluster -s ~/pai-v0.14 --package-set tree --dry-run',
    ],
    since: '0.1.0',
  },
  {
    name: 'cluster install-kubectl',
    flags: ['config', 'source', ...loginFlags, ...changingFlags],
    about: 'Let this computer reach a cluster that is booted: kubectl, and a context in the kubeconfig.',
    more: [
      'A kubectl that is found by PATH stays where it fits, one minor version older or newer than the cluster at most. Else that of the cluster is copied from a master into ~/.local/bin (root: /usr/local/bin); one in its place is kept beside it.',
      'The cluster goes into the first file of KUBECONFIG, else ~/.kube/config, beside all that is there already, with a context of its own name. The file holds the key of the administrator and is for its owner alone (0600); the context in use stays the one it is.',
      passwords,
    ],
    examples: [
      'pai-tui cluster install-kubectl -c ~/cluster',
      'pai-tui cluster install-kubectl -c ~/cluster --dry-run',
    ],
    since: '0.1.0',
  },
  {
    name: 'cluster k8s-clean',
    flags: ['force', 'confirm', 'package-set', ...clusterChangingFlags],
    means: {force: 'remove the data of etcd for good, instead of moving them aside'},
    about: 'Take Kubernetes away from all machines of a cluster again, with everything the cluster knows.',
    more: [
      'The plan says what goes from each machine: containers, folders, data of etcd, with GiB. The name of the cluster has to be typed, or given as --confirm NAME beside --yes.',
      'Data of etcd are moved aside on each master, unless --force is given; the next boot starts empty. Docker with its settings and images stays, and so do containers that are not of pods.',
      'A machine that does not answer, or is of another cluster, is left out, and the others are cleaned. What is clean already stays as it is.',
      'With --package-set tree, the script that the tree brings for it is run instead, with -f where --force is given. It leaves the data of etcd in their place without; those before v0.7 always remove them, and are refused without --force.',
      passwords,
    ],
    examples: [
      'pai-tui cluster k8s-clean -c ~/cluster --dry-run',
      'pai-tui cluster k8s-clean -c ~/cluster --yes --confirm my-cluster',
    ],
    since: '0.1.0',
  },
  {
    name: 'cluster status',
    flags: askingFlags,
    about:
      'How the running cluster is: API servers, nodes, pods, etcd, certificates, versions, and what lies on machines.',
    more: [
      'Every machine and every API server is asked side by side, and each part says by itself why it is not known: with a machine or an API server down the rest is shown all the same. The way to the API is the kubeconfig that lies on the masters; this computer needs none. Nothing is changed.',
      'What is wrong comes with the command that mends it. Drift is what lies on a machine and is not as a boot would put it there: manifests, settings of docker, names, routes, the modes of keys, and the arguments of the kubelet.',
      'Ends with 0 when the cluster is healthy, with 1 when something is wrong or not known, with 6 when nothing was reached.',
      passwords,
    ],
    json: '{"cluster","health":"healthy"|"degraded"|"unreached","versions":{"kubernetes","etcd"},"nodes":[{"name","role","state","version","seen"}],"api":[{"machine","server","state","failing":[],"version","seen"}],"leaders":[],"pods":{},"etcd":[{"name","id","machine","state":"healthy"|"unhealthy"|"learner"|"unstarted"|"unknown","leader","revision","seen"}],"machines":[{"name","role","seen","problem"}],"certificates":[{"machine","file","of","state","until","daysLeft"}],"drift":[{"machine","path","state","detail"}],"problems":[{"part","gravity","machine","says","mend":{"command","says"}}]}',
    examples: ['pai-tui cluster status -c ~/cluster', "pai-tui cluster status -c ~/cluster --json | jq '.problems[]'"],
    since: '0.1.0',
  },
  {
    name: 'cluster certificates',
    argument: {placeholder: 'show|renew', count: 'any', of: ['show', 'renew']},
    flags: ['config', 'source', ...loginFlags, 'take-over-lock', ...changingFlags],
    about: 'Every certificate on every machine with its days, or new ones in their place.',
    more: [
      'Without a word, or with show: they are read from the machines, without a private key, and judged: how long they last, whom they are for, who signed them. Ends with 1 when one is not good or a machine was not reached, with 6 when none was.',
      'With renew: all certificates are replaced, and their keys; authorities and the keys of service accounts are not, so everything that they signed stays valid. The authorities are read from a master into memory, and keys go straight to their place. Masters have their turn one after the other: the next one when etcd is healthy and the API server shows its new certificate; then all other machines side by side. Kubelets start again; pods go on.',
      passwords,
    ],
    json: '{"certificates":[{"machine","file","of","kind","state":"good"|"expiring"|"expired"|"missing"|"unreadable"|"not-yet-valid"|"other-authority"|"other-key"|"wrong-identity","faults":[],"commonName","hosts":[],"issuer","serial","from","until","daysLeft"}],"problems":[]}',
    examples: [
      'pai-tui cluster certificates -c ~/cluster',
      'pai-tui cluster certificates renew -c ~/cluster --dry-run',
    ],
    since: '0.1.0',
  },
  {
    name: 'cluster etcd',
    argument: {placeholder: 'status|snapshot|defrag', count: 'one', of: ['status', 'snapshot', 'defrag']},
    flags: ['output', 'cron', ...clusterChangingFlags],
    means: {output: "the file that a snapshot becomes (else one in the folder of the cluster's state)"},
    about: 'The etcd of a cluster: how its members are, a snapshot of it, or databases without what they do not use.',
    more: [
      'status: each member, asked in its own container, with the quorum in words and what is wrong; and the snapshots that are kept on this computer, with their age. Nothing is changed. Ends with 1 when something is wrong or not known, with 6 when nothing was reached.',
      'snapshot: taken by the healthiest voter, read there by etcdctl, and brought to this computer (0600), with its hash, revision and number of keys in FILE.json. It counts only when it arrived whole and is not behind; a file in its place is replaced only then. --cron prints the line for one each night.',
      'defrag: one member after the other, who leads last, the next one only when the one before is well. It is refused where a member is sick and the others would be no quorum without one more.',
      passwords,
    ],
    json: '{"state":"ok"|"degraded"|"no quorum"|"unknown","quorum":{},"members":[{"name","id","machine","state":"healthy"|"unhealthy"|"learner"|"unstarted"|"unknown","leader","revision","seen"}],"snapshots":[{"file","machine","member","version","at","bytes","sha256","hash","revision","totalKeys"}],"problems":[]}',
    examples: [
      'pai-tui cluster etcd status -c ~/cluster',
      'pai-tui cluster etcd snapshot -c ~/cluster -o etcd.db --yes',
      'pai-tui cluster etcd snapshot -c ~/cluster --cron',
      'pai-tui cluster etcd defrag -c ~/cluster --dry-run',
    ],
    since: '0.1.0',
  },
  {
    name: 'cluster package',
    argument: {placeholder: 'MACHINE', count: 'one', of: 'machines'},
    flags: ['output', 'operation', 'package-set', ...askingFlags],
    means: {output: 'the folder to write into; empty, or not there yet'},
    about: 'Write what a machine would be sent into a folder, to be read.',
    more: [
      'steps.txt has the scripts in their order with what each may change, modes.txt the modes that files are sent with; below the name of the package lie its files, and below stdin what comes on the stdin of scripts. Private keys, and certificates that are made when they are sent, are their names there. All of it is for you alone (0600).',
      'With --package-set tree it is what the scripts of the tree are sent with, in plain text with what secrets they want; beside it, below applied, what its tools apply by kubectl: kubeconfig, kube-proxy, dashboard.',
      'Where the pod network is left open, or is routes, all machines are asked as before a boot; nothing is changed on any of them.',
      passwords,
    ],
    json: '{"machine","job","folder","files":[{"path","bytes"}],"problems":[]}',
    examples: [
      'pai-tui cluster package infra-01 -c ~/cluster -o infra-01',
      'pai-tui cluster package gpu-01 --operation clean -c ~/cluster -o gpu-01',
    ],
    since: '0.1.0',
  },
];
