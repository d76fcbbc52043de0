import {type MachineSecrets, type Problem, ProblemError, type RunView, wantedSecret} from '../engine/index.ts';
import type {Context} from './context.ts';
import {type Asked, givenSecrets} from './machine-request.ts';
import {plainLine} from './plain.ts';
import {askSecret, canAsk} from './secrets.ts';

/** What one machine could not be asked for. */
interface Refusal {
  readonly machine: string;
  readonly problem: Problem;
}

/**
 * The same request for the machines that only wanted a password or a passphrase, after the operator was asked for it;
 * undefined where there are none, where one was given already, and where nobody can be asked.
 */
export async function withMissingSecret(
  asked: Asked,
  refusals: readonly Refusal[],
  context: Context,
): Promise<Asked | undefined> {
  const given = await missingSecret(asked.request.secrets, refusals, context);
  return given && {...asked, request: {...asked.request, ...given}};
}

/** The same without a request: all secrets there are now, and the machines that wanted the new one. */
export async function missingSecret(
  secrets: MachineSecrets,
  refusals: readonly Refusal[],
  {world, output}: Context,
): Promise<{readonly secrets: MachineSecrets; readonly names: readonly string[]} | undefined> {
  const wanted = refusals.flatMap((refusal) => {
    const kind = wantedSecret(refusal.problem);
    return kind === undefined || secrets[kind] ? [] : [{...refusal, kind}];
  });
  const [first] = wanted;
  if (!first || !canAsk(world)) return undefined;
  const names = wanted.filter(({kind}) => kind === first.kind).map(({machine}) => machine);
  const secret = await askSecret(world, output, question(first.kind, first.problem, names));
  return {names, secrets: {...secrets, [first.kind]: secret}};
}

/**
 * What the operator of an interrupted run gave to log in to machines with is in no file of it: taken from the files that
 * flags and variables name, else asked for on a terminal. Throws `secret-missing` where nobody can be asked.
 */
export async function secretsAgain({summary, given = []}: RunView, context: Context): Promise<MachineSecrets> {
  const {world, output} = context;
  let secrets = await givenSecrets(context);
  for (const kind of given) {
    if (secrets[kind]) continue;
    const {what, hint} = secretWords[kind];
    if (!canAsk(world)) {
      throw new ProblemError({
        code: 'secret-missing',
        message: `Run ${summary.id} was given ${what}, which is kept nowhere and has to be given again.`,
        hint,
      });
    }
    secrets = {...secrets, [kind]: await askSecret(world, output, `For ${summary.id}, ${what}: `)};
  }
  return secrets;
}

const secretWords = {
  password: {what: 'the password of machines', hint: 'Name a file with it: --password-file FILE.'},
  passphrase: {what: 'the passphrase of a key', hint: 'On a terminal it is asked for.'},
  jumpPassword: {
    what: 'the password of the hosts of --jump',
    hint: 'Name a file with it: --jump-password-file FILE.',
  },
} as const satisfies Record<keyof MachineSecrets, {readonly what: string; readonly hint: string}>;

function question(kind: 'password' | 'passphrase', {file, code}: Problem, names: readonly string[]): string {
  if (kind === 'passphrase') return `Passphrase of ${plainLine(file ?? 'the key')}: `;
  const whose = names.length === 1 ? plainLine(names[0] ?? '') : `${names.length} machines`;
  return `Password for ${code === 'sudo-refused' ? 'sudo on ' : ''}${whose}: `;
}

/** Asks one machine for something, and again once the operator gave the password it wanted. */
export async function withSecrets<T>(
  asked: Asked,
  machine: string,
  context: Context,
  ask: (asked: Asked) => Promise<T>,
): Promise<T> {
  for (let now = asked; ; ) {
    try {
      return await ask(now);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const next = await withMissingSecret(now, [{machine, problem: error.problem}], context);
      if (!next) throw error;
      now = next;
    }
  }
}
