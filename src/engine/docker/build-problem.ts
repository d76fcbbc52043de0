import {printableLine} from '../printable.ts';
import {ProblemError} from '../problem.ts';
import {registryOf} from '../tools.ts';
import {type Refusal, refusedProblem} from './connection-problem.ts';
import type {Endpoint} from './endpoint.ts';
import {registryCode} from './registry-problem.ts';
import type {Transcript} from './transcript.ts';

/** What the engine said when it gave up. */
export interface BuildFailure {
  readonly said: string;
  readonly exitCode?: number;
}

/** A refusal before the build began: mostly a Dockerfile that does not parse. */
export function buildRefused(endpoint: Endpoint, dockerfile: string, refusal: Refusal): ProblemError {
  if (noSpace.test(refusal.said)) return diskFull(endpoint, 'while the build context was sent');
  return dockerfileProblem(dockerfile, refusal.said) ?? refusedProblem(endpoint, 'the build', refusal);
}

/** A build that failed while it ran; `output` is the end of what it printed. */
export function buildFailure(
  endpoint: Endpoint,
  dockerfile: string,
  failure: BuildFailure,
  transcript: Pick<Transcript, 'step' | 'base'>,
  output: string | undefined,
): ProblemError {
  const said = printableLine(failure.said.replace(buildkitPreamble, ''), 600);
  const step = transcript.step();
  const where = step ? `${capital(step.name)} (${step.instruction})` : 'The build';
  const exitCode = failure.exitCode ?? exitCodeIn(said);
  const more = {...(output ? {detail: output} : {}), ...(exitCode === undefined ? {} : {exitCode})};
  // A command that ran out of space says so itself, in its last lines.
  if (noSpace.test(said) || (exitCode !== undefined && noSpace.test(lastOf(output))))
    return diskFull(endpoint, `in ${step ? `${step.name} (${step.instruction})` : 'the build'}`, more);
  const parse = dockerfileProblem(dockerfile, said);
  if (parse) return parse;
  if (exitCode !== undefined) {
    return new ProblemError({
      code: 'build-failed',
      message: `${where} ended with exit code ${exitCode}.`,
      hint: 'The last lines of its output say why; the whole output is in the log of the task.',
      ...more,
    });
  }
  return baseProblem(said, where, more, transcript.base()) ?? otherFailure(said, where, more);
}

/** What BuildKit puts before the reason. */
const buildkitPreamble = /^failed to solve(?: with frontend [\w.]+)?: (?:failed to create LLB definition: )?/;

type More = {readonly detail?: string; readonly exitCode?: number};

const noSpace = /no space left on device|disk quota exceeded/i;

function diskFull(endpoint: Endpoint, when: string, more: More = {}): ProblemError {
  return new ProblemError({
    code: 'disk-full',
    message: `The disk of the Docker engine at ${endpoint.address} is full; it ran out ${when}.`,
    hint: 'On its host: df -h, docker system df; docker image prune and docker builder prune free what nothing uses.',
    ...more,
  });
}

function dockerfileProblem(dockerfile: string, said: string): ProblemError | undefined {
  const name = printableLine(dockerfile);
  if (/Cannot locate specified Dockerfile|failed to read dockerfile/.test(said)) {
    return new ProblemError({
      code: 'dockerfile-invalid',
      message: `There is no ${name} in the build context.`,
      hint: 'Is it left out by .dockerignore?',
      file: dockerfile,
    });
  }
  const parse = /parse error (?:on )?line (\d+): (.*)/i.exec(said);
  const other = /Syntax error - .*|the Dockerfile \(.*\) cannot be empty|file with no instructions.*/i.exec(said)?.[0];
  const what = parse?.[2] ?? other;
  if (!what) return undefined;
  return new ProblemError({
    code: 'dockerfile-invalid',
    message: `The engine cannot read ${name}: ${what}`,
    hint: 'Mend it and build again.',
    file: dockerfile,
    ...(parse ? {line: Number(parse[1])} : {}),
  });
}

/** A base image that could not be had; undefined when the failure is about something else. */
function baseProblem(said: string, where: string, more: More, base: string | undefined): ProblemError | undefined {
  const refused = {cause: refusedBase(said, base)};
  const unknown =
    /pull access denied|manifest unknown|manifest for .* not found|repository does not exist|no such image|^\S+\/\S+: not found$/i;
  // BuildKit asks the session of its client for a login, and there is none.
  const code = /no active sessions/.test(said) ? 'registry-login' : registryCode(said);
  if (unknown.test(said)) {
    const message = `${where} needs a base image that cannot be had: ${said}`;
    const hint =
      'Is its name spelt right? Is it built by this tree but not yet? Does its registry need a login (docker login)?';
    return new ProblemError({code: 'build-failed', message, hint, ...more}, /denied/.test(said) ? refused : {});
  }
  if (code !== 'registry-login' && code !== 'registry-unreachable') return undefined;
  if (code === 'registry-unreachable') {
    return new ProblemError({
      code,
      message: `${where} needs a base image whose registry cannot be reached: ${said}`,
      hint: 'Pull it where there is a network (docker pull) and load it here (docker load), or check the network of the engine.',
      ...more,
    });
  }
  const message = `${where} needs a base image whose registry wants a login: ${said}`;
  const hint = 'Log in on this computer (docker login REGISTRY) and build again.';
  return new ProblemError({code, message, hint, ...more}, refused);
}

/** The cause of a build that failed because a registry did not give a base image without a login. */
export class RefusedBase extends Error {
  override readonly name = 'RefusedBase';
  readonly registry: string;
  /** Absent where only the registry is known. */
  readonly reference: string | undefined;

  constructor(registry: string, reference: string | undefined) {
    super(`${registry} wants a login`);
    this.registry = registry;
    this.reference = reference;
  }
}

function refusedBase(said: string, base: string | undefined): RefusedBase | undefined {
  const denied = base ?? /pull access denied for ([^\s,]+)/.exec(said)?.[1];
  const host = /https?:\/\/([^/\s"]+)\/v2\//.exec(said)?.[1];
  const registry = denied ? registryOf(denied) : host;
  return registry ? new RefusedBase(registry, denied) : undefined;
}

function otherFailure(said: string, where: string, more: More): ProblemError {
  return new ProblemError({
    code: 'build-failed',
    message: `${where} failed: ${said}`,
    hint: 'The whole output is in the log of the task.',
    ...more,
  });
}

/** BuildKit has the exit code only in its text. */
function exitCodeIn(said: string): number | undefined {
  const code = /(?:did not complete successfully|executor failed running .*): exit code: (\d+)/.exec(said)?.[1];
  return code === undefined ? undefined : Number(code);
}

function lastOf(output: string | undefined): string {
  return (output ?? '').split('\n').slice(-6).join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
