import {
  type MachineSecrets,
  type OperationRequest,
  ProblemError,
  type Proposal,
  type StartOptions,
} from '../engine/index.ts';
import {askApproval} from './approval.ts';
import {type Confirmation, confirmName} from './confirm-name.ts';
import type {Context} from './context.ts';
import {followRun} from './follow.ts';
import {untilInterrupted, whileStarting} from './interrupts.ts';
import {missingSecret} from './missing-secrets.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';
import {planDocument, planText} from './plan-text.ts';
import type {Follower} from './run-teller.ts';
import type {Ended} from './world.ts';
import {wrappedLines} from './wrap.ts';

/**
 * Proposes, shows, asks, starts and follows: how every headless operation goes. Resolves to its exit code. A password or
 * passphrase that machines want beside `secrets` is asked for on a terminal.
 */
export async function carryOut(
  context: Context,
  request: OperationRequest,
  secrets: MachineSecrets = {},
): Promise<Ended> {
  const {output, options} = context;
  const {proposal, machineSecrets} = await proposeWithSecrets(context, request, secrets);
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
  const confirmed = await approve(context, proposal);
  return startAndFollow(context, proposal, {machineSecrets, ...(confirmed === undefined ? {} : {confirmed})});
}

/** Machines that cannot be logged in to make a proposal impossible, or are left out of it and named in a notice. */
async function proposeWithSecrets(
  context: Context,
  request: OperationRequest,
  secrets: MachineSecrets,
): Promise<{readonly proposal: Proposal; readonly machineSecrets: MachineSecrets}> {
  const {engine, world} = context;
  for (let machineSecrets = secrets; ; ) {
    const outcome = await untilInterrupted(world, (signal) => engine.propose(request, signal, machineSecrets)).catch(
      (error: unknown) => {
        if (error instanceof ProblemError) return error;
        throw error;
      },
    );
    const problems = outcome instanceof ProblemError ? [outcome.problem] : outcome.plan.notices;
    const refusals = problems.map((problem) => ({machine: problem.machine ?? 'the machines', problem}));
    const given = await missingSecret(machineSecrets, refusals, context);
    if (given) machineSecrets = given.secrets;
    else if (outcome instanceof ProblemError) throw outcome;
    else return {proposal: outcome, machineSecrets};
  }
}

/** Shows the plan and asks, unless flags have answered. Returns the name that was typed where the plan wants one. */
async function approve(context: Context, proposal: Proposal): Promise<string | undefined> {
  const {world, output, options} = context;
  const {confirm, notices} = proposal.plan;
  const shown = planText(proposal, output.colour);
  const typed = confirm === undefined ? undefined : await confirmName(takesData(confirm, shown), context);
  // Whoever typed it has seen the plan and approved it by that.
  if (typed !== undefined && options.confirm === undefined) return typed;
  if (options.yes) for (const notice of notices) output.problem(notice);
  else await askApproval(world, output, {question: 'Carry this out?', shown, look: '--dry-run'});
  return typed;
}

function takesData(name: string, shown: string): Confirmation {
  return {
    name,
    shown,
    question: `This takes data away. Type ${plainLine(name)} to carry it out: `,
    missing: `This takes data away, and the name ${plainLine(name)} was not typed to confirm it.`,
    flags: `--yes --confirm ${plainLine(name)}`,
  };
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
  {engine, world, output, options}: Context,
  proposal: Proposal,
  start: StartOptions,
): Promise<Ended> {
  const follower: Follower = {verbose: options.verbose === true, interruptStops: true};
  const {started, came} = await whileStarting(world, () => engine.start(proposal, start));
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
