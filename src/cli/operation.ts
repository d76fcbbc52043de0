import {type Engine, type OperationRequest, ProblemError, type Proposal} from '../engine/index.ts';
import {askApproval} from './approval.ts';
import type {Context} from './context.ts';
import {followRun} from './follow.ts';
import {untilInterrupted, whileStarting} from './interrupts.ts';
import type {Output} from './output.ts';
import {planDocument, planText} from './plan-text.ts';
import type {Follower} from './run-teller.ts';
import type {Ended, World} from './world.ts';
import {wrappedLines} from './wrap.ts';

/** Proposes, shows, asks, starts and follows: how every headless operation goes. Resolves to its exit code. */
export async function carryOut({engine, world, output, options}: Context, request: OperationRequest): Promise<Ended> {
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
  if (request.readOnly) refuseReadOnly(request.operation, 'Leave --readonly out, or look at the plan with --dry-run.');
  if (options.yes) for (const notice of proposal.plan.notices) output.problem(notice);
  else {
    const shown = planText(proposal, output.colour);
    await askApproval(world, output, {question: 'Carry this out?', shown, look: '--dry-run'});
  }
  const follower: Follower = {verbose: options.verbose === true, interruptStops: true};
  return startAndFollow(engine, proposal, follower, world, output);
}

/** Throws `read-only`. */
export function refuseReadOnly(what: string, hint: string): never {
  throw new ProblemError({
    code: 'read-only',
    message: `${what} would change something, and --readonly forbids it.`,
    hint,
  });
}

async function startAndFollow(
  engine: Engine,
  proposal: Proposal,
  follower: Follower,
  world: World,
  output: Output,
): Promise<Ended> {
  const {started, came} = await whileStarting(world, () => engine.start(proposal));
  return followRun(engine, started, {...follower, ...(came ? {came} : {})}, world, output);
}

function showPlan(proposal: Proposal, output: Output): void {
  if (output.json) {
    output.data(planDocument(proposal));
    return;
  }
  output.print(wrappedLines(planText(proposal, output.colour), output.columns));
  output.print(proposal.nothingToDo ? `\n${nothingToDoText(proposal)}` : '\nThis is the plan only: nothing was done.');
}

function nothingToDoText({plan}: Proposal): string {
  return `Nothing to do: ${plan.tasks.length === 0 ? 'nothing was asked for' : 'everything is as it should be'}.`;
}
