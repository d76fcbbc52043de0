import {type Engine, type ImageRequest, ProblemError, type Proposal} from '../engine/index.ts';
import {askApproval} from './approval.ts';
import type {Context} from './context.ts';
import {followRun} from './follow.ts';
import type {Output} from './output.ts';
import {planDocument, planText} from './plan-text.ts';
import type {Follower} from './run-teller.ts';
import type {Ended, World} from './world.ts';

/** Proposes, shows, asks, starts and follows: how every headless operation goes. Resolves to its exit code. */
export async function carryOut({engine, world, output, options}: Context, request: ImageRequest): Promise<Ended> {
  const proposal = await untilInterrupted(world, (signal) => engine.propose(request, signal));
  if (options['dry-run']) {
    showPlan(proposal, output);
    return 0;
  }
  if (proposal.nothingToDo) {
    if (output.json) output.data(planDocument(proposal));
    else output.print(nothingToDoText(proposal));
    for (const notice of proposal.plan.notices) output.problem(notice);
    return 0;
  }
  if (request.readOnly) {
    throw new ProblemError({
      code: 'read-only',
      message: `${request.operation} would change something, and --readonly forbids it.`,
      hint: 'Leave --readonly out, or look at the plan with --dry-run.',
    });
  }
  if (options.yes) for (const notice of proposal.plan.notices) output.problem(notice);
  else await askApproval(world, output, 'Carry this out?', planText(proposal, output.colour));
  const follower: Follower = {verbose: options.verbose === true, interruptStops: true};
  return startAndFollow(engine, proposal, follower, world, output);
}

async function startAndFollow(
  engine: Engine,
  proposal: Proposal,
  follower: Follower,
  world: World,
  output: Output,
): Promise<Ended> {
  // A Ctrl-C while the runner comes up must not be lost: it is answered as soon as there is a run to stop.
  let interrupted = false;
  const remember = () => {
    interrupted = true;
  };
  world.signals.on('SIGINT', remember);
  let id: string;
  try {
    id = await engine.start(proposal);
  } finally {
    world.signals.off('SIGINT', remember);
  }
  return followRun(engine, id, {...follower, interrupted}, world, output);
}

function showPlan(proposal: Proposal, output: Output): void {
  if (output.json) {
    output.data(planDocument(proposal));
    return;
  }
  output.print(planText(proposal, output.colour));
  output.print(proposal.nothingToDo ? `\n${nothingToDoText(proposal)}` : '\nThis is the plan only: nothing was done.');
}

function nothingToDoText({plan}: Proposal): string {
  return `Nothing to do: ${plan.tasks.length === 0 ? 'nothing was asked for' : 'everything is as it should be'}.`;
}

/** Hands a signal that Ctrl-C aborts; then it throws `stopped`. */
async function untilInterrupted<T>(world: World, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onInterrupt = () =>
    stop.abort(new ProblemError({code: 'stopped', message: 'Stopped before anything was started.'}));
  world.signals.on('SIGINT', onInterrupt);
  try {
    return await work(stop.signal);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    world.signals.off('SIGINT', onInterrupt);
  }
}
