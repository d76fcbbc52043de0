import {type Host, World} from './model.ts';

/** What may be wrong on a master, a letter each. */
export const ailments = {
  h: 'healthy',
  d: 'its process is down, and kubelet too',
  g: 'its process hangs',
  s: 'its manifest is gone',
  x: 'its data is gone',
  b: 'its data is damaged',
  c: 'its data differs from that of the others',
  m: 'its machine is dead',
  p: 'it reaches nobody',
  w: 'the others look for it elsewhere',
  e: 'its certificate has expired',
  f: 'its disk is full',
  u: 'added with a vote and never started',
  o: 'no member',
  r: 'removed by the others, and its etcd is there',
  l: 'a learner',
  n: 'a learner that never started',
  v: 'a learner that is down',
  y: 'a learner without its data',
  t: 'added as a learner, with the old data there',
  q: 'added with a vote, with the old data there',
} as const;
export type Ailment = keyof typeof ailments;

export const learners: readonly Ailment[] = ['l', 'n', 'v', 'y', 't'];
const intact: readonly Ailment[] = ['h', 'd', 'g', 's', 'p', 'w', 'e', 'f', 'u'];
const gone: readonly Ailment[] = ['x', 'b', 'c', 'm'];

/** Every choice of so many of these, without order. */
export function choicesOf(alphabet: readonly Ailment[], amount: number): Ailment[][] {
  if (amount === 0) return [[]];
  return alphabet.flatMap((first, index) =>
    choicesOf(alphabet.slice(index), amount - 1).map((rest) => [first, ...rest]),
  );
}

/** Masters node-1, node-2, … with these ailments. `choose` makes nature's choices. */
export function worldOf(
  signs: readonly Ailment[],
  version: '3.3.25' | '3.4.23' = '3.4.23',
  choose: (amount: number) => number = () => 0,
): World {
  const world = new World(version, signs.length, choose);
  const on = (...which: readonly Ailment[]) =>
    world.hosts.filter((_, index) => which.some((one) => one === signs[index]));
  for (const host of on(...intact, ...gone, 'r', 't', 'q').filter((one) => !on('u').includes(one)))
    world.found(host, 'voter');
  for (const host of on('l', 'v', 'y')) world.found(host, 'learner');
  world.settle();
  for (const host of on('r', 't', 'q')) world.members = world.members.filter(({url}) => url !== host.url);
  for (const host of on('t', 'n')) world.foundUnstarted(host, 'learner');
  for (const host of on('u', 'q')) world.foundUnstarted(host, 'voter');
  for (const [index, host] of world.hosts.entries()) fallIll(world, host, signs[index] ?? 'h');
  world.settle();
  return world;
}

export function fallIll(world: World, host: Host, ailment: Ailment): void {
  if (ailment === 'p') for (const other of world.hosts) world.cut(host, other);
  const member = world.members.find(({id}) => id === host.data?.member);
  if (ailment === 'w' && member) member.url = 'https://10.9.9.9:2380';
  Object.assign(host, onHost(host, ailment));
}

function onHost({runs, data}: Host, ailment: Ailment): Partial<Host> {
  const ended = {runs: false, isHung: false};
  switch (ailment) {
    case 'd':
    case 'v':
    case 'r':
      return {...ended, kubelet: false, last: 'ended'};
    case 't':
    case 'q':
      return ended;
    case 'g':
      return runs ? {runs: false, isHung: true} : {};
    case 's':
      return {...ended, manifest: false};
    case 'x':
    case 'y':
      return {...ended, data: undefined};
    case 'b':
      return data ? {...ended, data: {...data, state: 'damaged'}} : {};
    case 'c':
      return data ? {data: {...data, state: 'differs'}} : {};
    case 'm':
      return {...ended, isAlive: false};
    case 'e':
      return {...ended, obstacle: 'certificate expired'};
    case 'f':
      return {...ended, obstacle: 'disk full'};
    default:
      return {};
  }
}

/** Whether those voters are a majority that can be brought back as they are: their data is there, or they had none yet. */
export function isRecoverable({members, hosts}: World): boolean {
  const voters = members.filter(({isLearner}) => !isLearner);
  const usable = voters.filter(({id, url, hasJoined}) =>
    hosts.some(({isAlive, data, ...host}) => {
      const isItsPlace = host.url === url || (voters.length === 1 && data?.member === id);
      return isAlive && isItsPlace && (data ? data.member === id && data.state === 'good' : !hasJoined);
    }),
  );
  return usable.length * 2 > voters.length;
}
