/** Who the members of etcd are, on which master each runs, and how each is. */

import {membershipText, type PlacedMember, statusOf} from './judged.ts';
import {memberReason} from './reasons.ts';
import type {EtcdAlarm, EtcdAnswer, EtcdMaster, EtcdMember, ListedMember, SeenEtcd} from './types.ts';

/** The members in the order of the masters, then those on other machines. */
export function placeMembers(answers: readonly EtcdAnswer[], masters: readonly EtcdMaster[]): readonly PlacedMember[] {
  const answerOf = (master: EtcdMaster | undefined) => answers.find((answer) => answer.master === master?.name);
  const list = membersOf(answers);
  const placed = (list ?? []).map((listed): PlacedMember => {
    const master = masterOf(listed, answers, masters);
    const answer = answerOf(master);
    return {listed, ...(master ? {master} : {}), ...(answer ? {answer} : {})};
  });
  if (list) {
    const place = ({master}: PlacedMember) => (master ? masters.indexOf(master) : masters.length);
    return placed.toSorted((a, b) => place(a) - place(b));
  }
  return masters.map((master) => {
    const answer = answerOf(master);
    return {master, ...(answer ? {answer} : {})};
  });
}

/** Of several lists, that of members which reach a quorum, and of those the one that most of them tell. */
function membersOf(answers: readonly EtcdAnswer[]): readonly ListedMember[] | undefined {
  const known = answers.flatMap(({seen}) => (seen?.members ? [{...seen, members: seen.members}] : []));
  const committed = known.filter(({commits}) => commits);
  const lists = (committed.length > 0 ? committed : known).map(({members}) => ({
    members,
    text: membershipText(members),
  }));
  const toldBy = new Map<string, number>();
  for (const {text} of lists) toldBy.set(text, (toldBy.get(text) ?? 0) + 1);
  return lists.toSorted((a, b) => (toldBy.get(b.text) ?? 0) - (toldBy.get(a.text) ?? 0))[0]?.members;
}

/** By the id that its machine tells, else by its exact address towards its peers, else by its name. */
function masterOf(listed: ListedMember, answers: readonly EtcdAnswer[], masters: readonly EtcdMaster[]) {
  const told = answers.find(({seen}) => seen?.status?.id === listed.id);
  return (
    masters.find(({name}) => name === told?.master) ??
    masters.find(({address}) => listed.peerUrls.some((url) => hostOf(url) === address)) ??
    masters.find(({etcdId}) => etcdId !== undefined && etcdId === listed.name)
  );
}

/** '10.0.0.1' of 'https://10.0.0.1:2380'; undefined for what is no URL. */
function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : undefined;
}

/** How a member is. `leader` is the id of the one that leads. */
export function memberOf(placed: PlacedMember, alarms: readonly EtcdAlarm[], leader: string | undefined): EtcdMember {
  const {listed, master, answer} = placed;
  const status = statusOf(placed);
  const state = stateOf(placed);
  const id = listed?.id ?? status?.id;
  const reason = memberReason(placed, state);
  return {
    name: listed?.name || answer?.seen?.settings.name || master?.etcdId || master?.name || '',
    ...(id === undefined ? {} : {id}),
    ...(master ? {machine: master.name} : {}),
    peerUrls: listed?.peerUrls ?? [],
    clientUrls: listed?.clientUrls ?? [],
    state,
    ...(reason === undefined ? {} : {reason}),
    isLearner: listed?.isLearner ?? status?.isLearner ?? false,
    isLeader: id !== undefined && id === leader,
    alarms: alarms.flatMap(({memberId, alarm}) => (memberId === id ? [alarm] : [])),
    ...(status ? {status} : {}),
    ...(answer ? {at: answer.at} : {}),
  };
}

function stateOf(placed: PlacedMember): EtcdMember['state'] {
  const {listed, answer} = placed;
  const status = statusOf(placed);
  if (!status) {
    if (listed?.name === '') return 'unstarted';
    return answer?.seen && !isUnasked(answer.seen) ? 'unhealthy' : 'unknown';
  }
  if (listed?.isLearner || status.isLearner) return 'learner';
  if (answer?.seen?.commits === undefined) return status.leader === undefined ? 'unhealthy' : 'unknown';
  return answer.seen.commits ? 'healthy' : 'unhealthy';
}

/** Whether an etcd may be well there that nobody could ask. */
function isUnasked({runsUnseen, silence}: SeenEtcd): boolean {
  return runsUnseen || silence?.by === 'docker';
}
