/** Whether etcd has room to write: its alarms, its quota and its disk. */

import type {Problem} from '../../problem.ts';
import {type JudgedEtcd, nameOf, type PlacedMember, statusOf} from './judged.ts';
import type {EtcdMember} from './types.ts';

/** Of its quota, above which a database is called nearly full. */
const muchOfQuota = 0.8;
/** Of the disk, below which little is called left. */
const littleOfDisk = 0.1;

export function spaceProblems({members, placed}: JudgedEtcd): readonly Problem[] {
  return members.flatMap((member, index) => {
    const at = member.machine === undefined ? {} : {machine: member.machine};
    const one = placed[index];
    return [
      ...alarmProblems(member),
      ...(one ? [...quotaProblems(member, one), ...diskProblems(member, one)] : []),
    ].map((problem) => ({...problem, ...at}));
  });
}

function alarmProblems(member: EtcdMember): Problem[] {
  return member.alarms.map((alarm) =>
    alarm === 'NOSPACE'
      ? {
          code: 'etcd-alarm',
          message: `The database of ${nameOf(member)} has reached its quota (NOSPACE): etcd takes no writes any more.`,
          hint: 'Compact, defragment one member after the other, then disarm the alarm.',
        }
      : {
          code: 'etcd-alarm',
          message: `The data of ${nameOf(member)} differs from that of the others (CORRUPT).`,
          hint: 'Replace the member; until then etcd does not let it serve.',
        },
  );
}

function quotaProblems(member: EtcdMember, placed: PlacedMember): Problem[] {
  const status = statusOf(placed);
  const quota = placed.answer?.seen?.settings.quotaBytes ?? 0;
  if (!status || member.alarms.includes('NOSPACE') || status.dbBytes < quota * muchOfQuota) return [];
  const {dbBytes, dbBytesInUse} = status;
  const inUse = dbBytesInUse === undefined ? '' : `, of which ${mebibytes(dbBytesInUse)} are in use`;
  return [
    {
      code: 'etcd-space',
      severity: 'warning',
      message: `The database of ${nameOf(member)} has ${mebibytes(dbBytes)} of the ${mebibytes(quota)} it may have${inUse}.`,
      hint:
        dbBytesInUse !== undefined && dbBytesInUse < dbBytes / 2
          ? 'Defragment it, one member after the other.'
          : 'See what fills it, or give it a larger quota: at the quota etcd takes no writes any more.',
    },
  ];
}

function diskProblems(member: EtcdMember, {answer}: PlacedMember): Problem[] {
  const {folder = '', disk} = answer?.seen?.data ?? {};
  if (!disk || disk.available >= disk.size * littleOfDisk) return [];
  return [
    {
      code: 'etcd-space',
      severity: 'warning',
      message: `The disk of ${nameOf(member)} (${disk.mount}, with ${folder}) has ${mebibytes(disk.available)} of ${mebibytes(disk.size)} left.`,
      hint: 'Make room: a member that cannot write its log ends.',
    },
  ];
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
