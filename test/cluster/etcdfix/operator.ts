import {diagnose} from '../../../src/engine/cluster/etcdfix/diagnose.ts';
import {nextStep} from '../../../src/engine/cluster/etcdfix/next-step.ts';
import type {Cure, EtcdCase, Step} from '../../../src/engine/cluster/etcdfix/types.ts';
import type {Host, World} from './model.ts';

/** What is kept beside the cluster: the journal of an unfinished replacement, of each master. */
export type Journals = Map<string, NonNullable<EtcdCase['past']>>;

export interface Mending {
  readonly world: World;
  readonly journals: Journals;
  /** Called before and after each thing that is done; throws `Crash` where the program is killed. */
  readonly around: (what: string, act: () => void) => void;
}

export class Crash extends Error {}

type End = Cure['kind'] | 'refused' | 'mended';

/** `etcdfix NODE`, with a person beside it who does what is said: until it is mended or it does not go on. */
export function etcdfix(mending: Mending, target: string): End {
  const {world, journals, around} = mending;
  const host = world.host(target);
  const tried: Cure['kind'][] = [];
  const byHand: string[] = [];
  for (let looked = 0; looked < 40; looked++) {
    const cure = diagnose(caseOf(mending, target, tried));
    switch (cure.kind) {
      case 'nothing':
        journals.delete(target);
        return tried.length === 0 ? 'nothing' : 'mended';
      case 'by hand':
        if (cure.of === 'another learner' || byHand.includes(cure.of)) return 'by hand';
        doByHand(world, host, cure.of);
        byHand.push(cure.of);
        break;
      case 'replace host':
        world.rebuild(host);
        break;
      case 'start':
        around('start', () => world.start(host));
        tried.push('start');
        break;
      case 'make room':
        around('make room', () => {
          world.isFull = false;
        });
        tried.push('make room');
        break;
      case 'update peer address':
        around('update', () => world.update(cure.id, cure.to));
        tried.push('update peer address');
        break;
      case 'remove learner':
        if (!cure.sheet.isAllowed) return 'refused';
        around('remove', () => world.remove(cure.id));
        break;
      case 'promote learner':
      case 'replace member': {
        const end = replace(mending, host, cure.kind === 'replace member' ? cure.id : undefined);
        if (end !== 'mended') return end;
        tried.push(cure.kind);
        break;
      }
      case 'quorum lost':
        if (!world.heal()) return cure.kind;
        world.settle();
        break;
      case 'stop and show':
        return cure.kind;
    }
  }
  throw new Error(`${target} is mended for ever.`);
}

/** By the steps, each after a look at what is. */
function replace(mending: Mending, host: Host, id: string | undefined): End {
  const {journals} = mending;
  const before = journals.get(host.name);
  const isSame = before && (before.replaces === id || id === undefined);
  if (!isSame) journals.set(host.name, {...(id === undefined ? {} : {replaces: id}), hasSnapshot: false});
  for (let looked = 0; looked < 20; looked++) {
    const step = nextStep(caseOf(mending, host.name, []));
    if (step.kind === 'verify') return 'mended';
    if (step.kind === 'refused') return 'refused';
    takeStep(mending, host, step);
    if (step.kind === 'roll back') return 'refused';
  }
  // It waits in vain, for a leader that cannot be moved, say: a person reads why, and mends the network.
  mending.world.heal();
  return 'refused';
}

function takeStep({world, journals, around}: Mending, host: Host, step: Step): void {
  if (step.kind === 'verify' || step.kind === 'refused') return;
  // Where it stays so, a person sees to it.
  if (step.kind === 'catch up') {
    world.heal(host);
    return;
  }
  let more: Partial<NonNullable<EtcdCase['past']>> = {};
  around(step.kind, () => {
    switch (step.kind) {
      case 'snapshot':
        if (!world.isWell(world.host(step.from))) throw new Error(`A snapshot of ${step.from}, which is not well.`);
        more = {hasSnapshot: true};
        break;
      case 'move leadership':
        world.moveLeader(step.to.id ?? '');
        break;
      case 'stop':
        world.stop(host);
        break;
      case 'move data aside':
        world.moveAside(host);
        break;
      case 'remove':
        world.remove(step.id);
        break;
      case 'add':
        more = {added: world.add(step.peerUrl, step.asLearner)};
        break;
      case 'start':
        world.start(host);
        // Then its log says that it does not find the others.
        if (!host.runs) world.heal(host);
        break;
      case 'promote':
        world.promote(step.id);
        break;
      case 'roll back':
        world.putBack(host);
        break;
    }
  });
  if (step.kind === 'roll back') journals.delete(host.name);
  else journals.set(host.name, {hasSnapshot: false, ...journals.get(host.name), ...more});
}

function caseOf({world, journals}: Mending, target: string, tried: EtcdCase['tried']): EtcdCase {
  const past = journals.get(target);
  world.settle();
  return {
    ...{target, masters: world.masters, answers: world.answers(), obstacles: [], tried, written: world.index},
    ...(past ? {past} : {}),
  };
}

function doByHand(world: World, host: Host, of: string): void {
  if (of === 'network') world.heal(host);
  else host.obstacle = undefined;
  world.settle();
}
