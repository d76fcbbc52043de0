/** What etcdctl (API 3, `-w json`) and the peers' `/members` print. Of 3.3 to 3.5 it was seen. */

import {fitting, flag, list, maybe, number, record, text} from '../../json.ts';
import {displayText} from '../../names.ts';
import type {EtcdAlarm, ListedMember, MemberStatus} from './types.ts';

/** Fields that are 0 or empty are left out there. */
const statusReply = list(
  record({
    Status: record({
      header: record({cluster_id: text, member_id: text, revision: maybe(number)}),
      version: text,
      dbSize: maybe(number),
      dbSizeInUse: maybe(number),
      leader: maybe(text),
      raftIndex: maybe(number),
      raftAppliedIndex: maybe(number),
      raftTerm: maybe(number),
      errors: maybe(list(text)),
      isLearner: maybe(flag),
    }),
  }),
);
const listed = {name: maybe(text), peerURLs: maybe(list(text)), clientURLs: maybe(list(text)), isLearner: maybe(flag)};
const membersReply = record({members: list(record({ID: text, ...listed}))});
const peersReply = list(record({id: text, ...listed}));
const alarmsReply = record({alarms: maybe(list(record({memberID: maybe(text), alarm: maybe(number)})))});

/** Of `endpoint status`, which asked one endpoint; undefined where it did not answer. */
export function statusIn(reply: string): MemberStatus | undefined {
  const status = fitting(statusReply, parseWithIds(reply))?.[0]?.Status;
  if (!status) return undefined;
  const {header, leader, raftAppliedIndex, dbSizeInUse} = status;
  return {
    id: header.member_id,
    clusterId: header.cluster_id,
    version: displayText(status.version),
    ...(leader === undefined || leader === '0' ? {} : {leader}),
    term: status.raftTerm ?? 0,
    raftIndex: status.raftIndex ?? 0,
    ...(raftAppliedIndex === undefined ? {} : {appliedIndex: raftAppliedIndex}),
    ...(header.revision === undefined ? {} : {revision: header.revision}),
    isLearner: status.isLearner ?? false,
    dbBytes: status.dbSize ?? 0,
    ...(dbSizeInUse === undefined ? {} : {dbBytesInUse: dbSizeInUse}),
    errors: (status.errors ?? []).map(displayText),
  };
}

/** Of `member list`, or of `/members` where a peer was asked; undefined where there was no answer. */
export function membersIn(reply: string): readonly ListedMember[] | undefined {
  const value = parseWithIds(reply);
  const members =
    fitting(membersReply, value)?.members.map(({ID, ...rest}) => ({...rest, id: ID})) ?? fitting(peersReply, value);
  return members?.map(({id, name = '', peerURLs = [], clientURLs = [], isLearner = false}) => ({
    id,
    name: displayText(name),
    peerUrls: peerURLs.map(displayText),
    clientUrls: clientURLs.map(displayText),
    isLearner,
  }));
}

/** Of `alarm list`. */
export function alarmsIn(reply: string): readonly EtcdAlarm[] | undefined {
  return fitting(alarmsReply, parseWithIds(reply))?.alarms?.flatMap(({memberID = '0', alarm}) => {
    const name = alarm === 1 ? 'NOSPACE' : alarm === 2 ? 'CORRUPT' : undefined;
    return name ? [{memberId: memberID, alarm: name}] : [];
  });
}

/** The errors of a status tell alarms of all members, from 3.4 on: 'memberID:3320512589851480095 alarm:NOSPACE '. */
export function alarmsOf({errors}: MemberStatus): readonly EtcdAlarm[] {
  return errors.flatMap((error) => {
    const [, id, alarm] = /^memberID:(\d{1,20}) alarm:(NOSPACE|CORRUPT)\b/.exec(error) ?? [];
    return id && (alarm === 'NOSPACE' || alarm === 'CORRUPT') ? [{memberId: hex(id), alarm}] : [];
  });
}

const idFields = new Set(['ID', 'id', 'member_id', 'memberID', 'cluster_id', 'leader']);

/** Ids are whole numbers of 64 bits there, more than a number holds; here they are hexadecimal. */
function parseWithIds(json: string): unknown {
  const withIds = (key: string, value: unknown, context?: {readonly source?: string}) => {
    const written = context?.source;
    return idFields.has(key) && written !== undefined && /^\d{1,20}$/.test(written) ? hex(written) : value;
  };
  try {
    return JSON.parse(json, withIds);
  } catch {
    return undefined;
  }
}

function hex(decimal: string): string {
  return BigInt(decimal).toString(16);
}
