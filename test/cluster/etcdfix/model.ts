import type {
  EtcdAlarm,
  EtcdAnswer,
  EtcdCause,
  EtcdMaster,
  ListedMember,
  SeenEtcd,
} from '../../../src/engine/cluster/etcd/types.ts';

/**
 * A model of etcd on masters, after raft and the source of etcd 3.4.23 (server.go, membership/cluster.go). It shares no rule
 * with the code under test: who leads, what commits and what `--strict-reconfig-check` refuses follows from which processes
 * run with which data and which hosts reach each other.
 */
export class World {
  readonly hosts: readonly Host[];
  members: readonly Member[] = [];
  /** Its id. */
  leader: string | undefined;
  /** Entries that were acknowledged. */
  index = 100;
  isFull = false;
  private readonly version: '3.3.25' | '3.4.23';
  /** Which of so many: nature's choices. */
  private readonly choose: (amount: number) => number;
  private readonly cuts = new Set<string>();
  private made = 0;

  constructor(version: '3.3.25' | '3.4.23', masters: number, choose: (amount: number) => number) {
    this.version = version;
    this.choose = choose;
    this.hosts = Array.from({length: masters}, (_, index) => newHost(index));
  }

  host(name: string): Host {
    return found(this.hosts.find((host) => host.name === name));
  }

  /** A member as it is before anything went wrong. */
  found(host: Host, kind: 'voter' | 'learner'): Member {
    const id = this.newId();
    const member = {
      id,
      name: host.etcdId,
      url: host.url,
      isLearner: kind === 'learner',
      hasJoined: true,
      match: this.index,
    };
    this.members = [...this.members, member];
    Object.assign(host, {manifest: true, runs: true, data: {member: id, index: this.index, state: 'good'}});
    return member;
  }

  /** One that was added by hand and never started. */
  foundUnstarted(host: Host, kind: 'voter' | 'learner'): Member {
    const member = {
      id: this.newId(),
      name: '',
      url: host.url,
      isLearner: kind === 'learner',
      hasJoined: false,
      match: 0,
    };
    this.members = [...this.members, member];
    for (const host of this.hosts) if (host.runs) host.knows = this.members.map(listed);
    return member;
  }

  cut(a: Host, b: Host): void {
    this.cuts.add([a.name, b.name].toSorted().join());
  }

  /** Whether there was something to be healed. */
  heal(host?: Host): boolean {
    const healed = [...this.cuts].filter((cut) => !host || cut.split(',').includes(host.name));
    for (const cut of healed) this.cuts.delete(cut);
    return healed.length > 0;
  }

  get hasQuorum(): boolean {
    return this.leader !== undefined;
  }

  /** Until nothing moves by itself any more: kubelets start what they have, a leader is chosen, entries are written. */
  settle(): void {
    for (let round = 0; round < 2; round++) {
      for (const host of this.hosts) this.boot(host);
      this.elect();
      const leader = this.active(this.leader);
      if (!leader) continue;
      if (leader.data.index < this.index) throw new Error('Writes that were acknowledged are lost.');
      this.index++;
      for (const member of this.members) {
        const one = this.active(member.id);
        if (!one || !this.reaches(leader, one)) continue;
        // A snapshot first, then the rest.
        const isNew = one.data.index === 0;
        one.data.index = isNew ? Math.floor(this.index / 2) : this.index;
        member.match = one.data.index;
        member.name = one.host.etcdId;
      }
      this.spread(leader);
    }
  }

  // ------------------------------------------------------------------ what etcdctl does; throws what etcd refuses

  remove(id: string): void {
    const leader = this.leading();
    const member = found(this.members.find((one) => one.id === id));
    if (!member.isLearner) {
      const rest = this.voters.filter((one) => one !== member);
      if (rest.filter(({name}) => name !== '').length < majority(rest.length)) throw new Refused('not enough started');
      const connected = this.voters.filter((one) => this.isConnected(leader, one));
      if (connected.includes(member) && connected.length - 1 < majority(rest.length))
        throw new Refused('unhealthy cluster');
    }
    const one = this.active(id);
    this.members = this.members.filter((other) => other !== member);
    this.spread(leader);
    if (one && this.reaches(leader, one)) Object.assign(one.host, {runs: false, last: 'removed'});
    this.settle();
  }

  add(url: string, isLearner: boolean): string {
    const leader = this.leading();
    if (this.members.some((member) => member.url === url)) throw new Refused('Peer URLs already exists');
    if (isLearner && this.version === '3.3.25') throw new Refused('unknown flag: --learner');
    if (isLearner && this.members.some((member) => member.isLearner)) throw new Refused('too many learner members');
    const started = this.voters.filter(({name}) => name !== '').length;
    const enlarged = this.voters.length + 1;
    const isFirst = started === 1 && enlarged === 2;
    if (!isLearner && !isFirst && started < majority(enlarged)) throw new Refused('not enough started');
    if (!this.voters.every((one) => this.isConnected(leader, one))) throw new Refused('unhealthy cluster');
    const id = this.newId();
    this.members = [...this.members, {id, name: '', url, isLearner, hasJoined: false, match: 0}];
    this.spread(leader);
    this.settle();
    return id;
  }

  promote(id: string): void {
    const leader = this.leading();
    const member = found(this.members.find((one) => one.id === id));
    if (!member.isLearner) throw new Refused('can only promote a learner');
    if (member.match < leader.data.index * 0.9) throw new Refused('learner is not in sync with leader');
    const started = 1 + this.voters.filter(({name}) => name !== '').length;
    if (started < majority(this.voters.length + 1)) throw new Refused('not enough started');
    member.isLearner = false;
    this.spread(leader);
    this.settle();
  }

  moveLeader(id: string): void {
    const [from, to] = [this.leading(), this.active(id)];
    if (!to || !this.reaches(from, to)) throw new Refused('bad leader transferee');
    if (this.isElectable(to)) this.leader = id;
    this.settle();
  }

  update(id: string, url: string): void {
    const leader = this.leading();
    found(this.members.find((member) => member.id === id)).url = url;
    this.spread(leader);
    this.settle();
  }

  // ------------------------------------------------------------------ what is done on a host

  stop(host: Host): void {
    Object.assign(host, {manifest: false, runs: false, isHung: false, last: undefined});
    this.settle();
  }

  /** Whatever kept kubelet from it is gone then. */
  start(host: Host): void {
    Object.assign(host, {manifest: true, kubelet: true, runs: false, isHung: false});
    this.settle();
  }

  moveAside(host: Host): void {
    if (host.runs) throw new Error(`The data of ${host.name} is moved while its etcd runs.`);
    host.kept = [...host.kept, found(host.data)];
    host.data = undefined;
    this.settle();
  }

  putBack(host: Host): void {
    host.data ??= host.kept.at(-1);
    this.start(host);
  }

  /** A new machine with its name and address. */
  rebuild(host: Host): void {
    Object.assign(host, newHost(this.hosts.indexOf(host)));
    this.settle();
  }

  // ------------------------------------------------------------------ what is seen of it

  get masters(): readonly EtcdMaster[] {
    return this.hosts.map(({name, address, etcdId}) => ({name, address, etcdId}));
  }

  answers(): readonly EtcdAnswer[] {
    return this.hosts.map((host) => {
      const at = {master: host.name, at: 1};
      if (host.isAlive) return {...at, seen: this.seen(host)};
      return {...at, problem: {code: 'machine-unreachable', message: 'It does not answer.', machine: host.name}};
    });
  }

  /** Whether a member with a vote runs there, reaches the leader and has the data of the others. */
  isWell(host: Host): boolean {
    const member = this.members.find(({id}) => id === host.data?.member);
    const leader = this.active(this.leader);
    if (!member || member.isLearner || !leader) return false;
    return this.isConnected(leader, member) && host.data?.state === 'good';
  }

  private seen(host: Host): SeenEtcd {
    const {data, kept} = host;
    const [one, leader] = [this.active(data?.member, host), this.active(this.leader)];
    const member = this.members.find(({id}) => id === data?.member);
    const isConnected = one && leader && this.reaches(leader, one) && member !== undefined;
    const runs = host.runs || host.isHung;
    const container = {
      ...{name: 'k8s_etcd', image: 'etcd', isRunning: runs, state: runs ? 'running' : 'exited'},
      ...{exitCode: 1, oomKilled: false, log: []},
      ...(host.last === undefined || host.last === 'ended' ? {} : {cause: host.last}),
    };
    return {
      docker: 'answers',
      ...(runs || host.last !== undefined ? {container} : {}),
      runsUnseen: false,
      ...(host.manifest ? {manifest: '/etc/kubernetes/manifests/etcd.yaml'} : {}),
      settings: {quotaBytes: 1, name: host.etcdId},
      data: {
        folder: '/var/etcd/data',
        isThere: data !== undefined,
        kept: kept.map((_, number) => ({folder: `/var/etcd/data.bak-${number}`})),
      },
      ...(host.isHung ? {silence: {by: 'etcd' as const, said: 'context deadline exceeded'}} : {}),
      ...(one ? this.told(one, Boolean(isConnected), member) : {}),
      missing: [],
    };
  }

  private told({host, data}: Active, isConnected: boolean, member: Member | undefined): Partial<SeenEtcd> {
    return {
      status: {
        ...{id: data.member, clusterId: 'c1', version: this.version, term: 2, raftIndex: data.index, dbBytes: 1},
        ...{isLearner: member?.isLearner ?? false, errors: []},
        ...(isConnected && this.leader !== undefined ? {leader: this.leader} : {}),
      },
      ...(member?.isLearner ? {} : {commits: isConnected}),
      members: host.knows,
      alarms: isConnected ? this.alarms() : [],
    };
  }

  private alarms(): readonly EtcdAlarm[] {
    const differing = this.hosts.filter(({data}) => data?.state === 'differs').map(({data}) => data?.member ?? '');
    const full = this.isFull && this.leader !== undefined ? [{memberId: this.leader, alarm: 'NOSPACE' as const}] : [];
    const isMember = (memberId: string) => this.members.some(({id}) => id === memberId);
    return [...differing.filter(isMember).map((memberId) => ({memberId, alarm: 'CORRUPT' as const})), ...full];
  }

  // ------------------------------------------------------------------ raft

  private get voters(): readonly Member[] {
    return this.members.filter(({isLearner}) => !isLearner);
  }

  private leading(): Active {
    const leader = this.active(this.leader);
    if (!leader) throw new Refused('no leader');
    return leader;
  }

  /** The process of a member, where it runs. */
  private active(id: string | undefined, on?: Host): Active | undefined {
    for (const host of on ? [on] : this.hosts) {
      const {data, isAlive, runs} = host;
      if (data && data.member === id && isAlive && runs) return {host, data};
    }
    return undefined;
  }

  /** Members dial each other at the addresses of the list. */
  private reaches(a: Active, b: Active): boolean {
    if (a.host === b.host) return true;
    const isAtHome = ({host, data}: Active) =>
      this.members.every(({id, url}) => id !== data.member || url === host.url);
    return isAtHome(a) && isAtHome(b) && !this.isCut(a.host, b.host);
  }

  private isCut(a: Host, b: Host): boolean {
    return this.cuts.has([a.name, b.name].toSorted().join());
  }

  private isConnected(from: Active, {id}: Member): boolean {
    const one = this.active(id);
    return one !== undefined && this.reaches(from, one);
  }

  private elect(): void {
    const leader = this.active(this.leader);
    const isVoter = this.voters.some(({id}) => id === this.leader);
    if (leader && isVoter && this.votersAround(leader).length >= majority(this.voters.length)) return;
    const able = this.voters.flatMap(({id}) => {
      const one = this.active(id);
      return one && this.isElectable(one) ? [id] : [];
    });
    this.leader = able[this.choose(able.length)];
  }

  private votersAround(one: Active): readonly Active[] {
    return this.voters.flatMap(({id}) => {
      const other = this.active(id);
      return other && this.reaches(one, other) ? [other] : [];
    });
  }

  /** Nobody votes for one who knows less. */
  private isElectable(one: Active): boolean {
    const votes = this.votersAround(one).filter(({data}) => data.index <= one.data.index);
    return votes.length >= majority(this.voters.length);
  }

  /** Who hears from the leader knows the members. */
  private spread(leader: Active): void {
    const list = this.members.map(listed);
    for (const host of this.hosts) {
      const one = this.active(host.data?.member, host);
      if (one && this.reaches(leader, one)) host.knows = list;
    }
  }

  private boot(host: Host): void {
    if (!host.isAlive || !host.kubelet || !host.manifest || host.runs || host.isHung) return;
    host.last = this.bootEnd(host);
    host.runs = host.last === undefined;
  }

  /** Why it ends at once; undefined where it goes on. */
  private bootEnd(host: Host): EtcdCause | 'ended' | undefined {
    if (host.obstacle) return host.obstacle;
    const isHeard = this.members.some(({id}) => {
      const one = this.active(id);
      return one && !this.isCut(one.host, host);
    });
    if (host.data) {
      if (host.data.state === 'damaged') return 'data damaged';
      const isMember = this.members.some(({id}) => id === host.data?.member);
      return isMember || !isHeard ? undefined : 'removed';
    }
    const member = this.members.find(({url}) => url === host.url);
    if (!member || !isHeard) return 'ended';
    if (member.hasJoined) return 'data lost';
    member.hasJoined = true;
    host.data = {member: member.id, index: 0, state: 'good'};
    host.knows = this.members.map(listed);
    return undefined;
  }

  private newId(): string {
    return `a${++this.made}`;
  }
}

/** What etcd says to a change that it does not carry out. */
export class Refused extends Error {}

export interface Host {
  readonly name: string;
  readonly address: string;
  readonly etcdId: string;
  readonly url: string;
  isAlive: boolean;
  kubelet: boolean;
  manifest: boolean;
  runs: boolean;
  isHung: boolean;
  data: Data | undefined;
  kept: readonly Data[];
  obstacle: 'certificate expired' | 'disk full' | 'port taken' | undefined;
  /** How its last container ended. */
  last: EtcdCause | 'ended' | undefined;
  /** The members by what it heard last. */
  knows: readonly ListedMember[];
}

interface Data {
  readonly member: string;
  index: number;
  state: 'good' | 'damaged' | 'differs';
}

interface Active {
  readonly host: Host;
  readonly data: Data;
}

interface Member {
  readonly id: string;
  name: string;
  url: string;
  isLearner: boolean;
  /** What the leader knows it to have of the log. */
  match: number;
  /** It has had entries of the log, and may not come back without them. */
  hasJoined: boolean;
}

/** Of the addresses one is the beginning of others: 10.7.0.1, 10.7.0.11, 10.7.0.111. */
function newHost(index: number): Host {
  const address = `10.7.0.${['1', '11', '111', '2', '21', '3', '31'][index] ?? index + 40}`;
  const [name, etcdId] = [`node-${index + 1}`, `etcd${index + 1}`];
  return {
    ...{name, address, etcdId, url: `https://${address}:2380`},
    ...{isAlive: true, kubelet: true, manifest: false, runs: false, isHung: false},
    ...{data: undefined, kept: [], obstacle: undefined, last: undefined, knows: []},
  };
}

function listed({id, name, url, isLearner}: Member): ListedMember {
  return {id, name, peerUrls: [url], clientUrls: [], isLearner};
}

function majority(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is no such thing in this world.');
  return value;
}
