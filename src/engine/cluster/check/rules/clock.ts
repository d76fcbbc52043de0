/** Whether the clocks of machines agree with each other, and with that of this computer. */

import {durationText} from '../../../machines/facts/amounts.ts';
import {type ClusterRule, failed, ok, type SeenCluster, unknown, type Verdict, warning} from './rule.ts';

/** etcd complains from one second on (rafthttp: "the clock difference against peer … is too high"). */
const warnMs = 1000;
/** Leases of controllers and tokens of service accounts become unreliable. */
const failMs = 30_000;
/** Certificates are made here and hold from five minutes ago on. */
const backdatedMs = 5 * 60_000;

type Clock = NonNullable<SeenCluster['seen'][number]['facts']['clock']>;

/** Counted is only what is certain: a slow answer leaves much open. */
export const clock: ClusterRule = {
  check: 'clock',
  judge({seen}) {
    const told = seen.flatMap(({machine, facts}) => (facts.clock ? [{name: machine.name, clock: facts.clock}] : []));
    const silent = seen.filter(({facts}) => !facts.clock);
    const middle = medianOf(told.map((one) => one.clock));
    const found = told.flatMap(({name, clock: own}) => {
      const verdict = judge(own, middle, told.length);
      return verdict ? [{machine: name, ...verdict}] : [];
    });
    return [
      ...silent.map(({machine}) => ({machine: machine.name, ...unknown('It does not say what time it has.')})),
      ...found,
      ...(found.length === 0 && told.length > 0 ? [ok(agreeing(told.map((one) => one.clock)))] : []),
    ];
  },
};

function judge(own: Clock, middle: Clock, count: number): Verdict | undefined {
  const fix = 'Let it keep time by NTP (chrony, systemd-timesyncd), and wait until it has.';
  const off = own.offsetMs - middle.offsetMs;
  const certain = Math.abs(off) - own.uncertainMs - middle.uncertainMs;
  if (count > 1 && certain > warnMs) {
    const detail = `Its clock is ${durationText(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} the others.`;
    return certain > failMs ? failed(detail, fix) : warning(detail, fix);
  }
  if (-own.offsetMs - own.uncertainMs > backdatedMs) {
    return failed(
      `Its clock is ${durationText(-own.offsetMs)} behind this computer's: certificates made here are not valid there yet.`,
      'Set the clock of this computer, or of the machines.',
    );
  }
  if (Math.abs(own.offsetMs) - own.uncertainMs > failMs) {
    return warning(
      `Its clock is ${durationText(Math.abs(own.offsetMs))} ${own.offsetMs > 0 ? 'ahead of' : 'behind'} this computer's.`,
      'Set the clock of this computer, or of the machines.',
    );
  }
  return undefined;
}

/** The one in the middle is right where most are. */
function medianOf(clocks: readonly Clock[]): Clock {
  const sorted = clocks.toSorted((a, b) => a.offsetMs - b.offsetMs);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? {offsetMs: 0, uncertainMs: 0};
}

function agreeing(clocks: readonly Clock[]): string {
  if (clocks.length === 1) return 'It has the time of this computer.';
  const apart = Math.max(...clocks.map(({offsetMs}) => offsetMs)) - Math.min(...clocks.map(({offsetMs}) => offsetMs));
  return `All are within ${durationText(Math.max(100, apart + Math.max(...clocks.map(({uncertainMs}) => uncertainMs))))} of each other.`;
}
