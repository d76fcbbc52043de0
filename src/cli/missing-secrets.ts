import {type MachineSecrets, type Problem, ProblemError} from '../engine/index.ts';
import type {Context} from './context.ts';
import type {Asked} from './machine-request.ts';
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
  {world, output}: Context,
): Promise<Asked | undefined> {
  const {secrets} = asked.request;
  const wanted = refusals.flatMap((refusal) => {
    const kind = wantedBy(refusal.problem);
    return kind === undefined || secrets[kind] ? [] : [{...refusal, kind}];
  });
  const [first] = wanted;
  if (!first || !canAsk(world)) return undefined;
  const names = wanted.filter(({kind}) => kind === first.kind).map(({machine}) => machine);
  const secret = await askSecret(world, output, question(first.kind, first.problem, names));
  return {...asked, request: {...asked.request, names, secrets: {...secrets, [first.kind]: secret}}};
}

/** A key with a passphrase names its file; whoever else is turned away wants a password. */
function wantedBy({code, file}: Problem): keyof Pick<MachineSecrets, 'password' | 'passphrase'> | undefined {
  if (code === 'secret-missing') return file === undefined ? 'password' : 'passphrase';
  return code === 'login-refused' || code === 'sudo-refused' ? 'password' : undefined;
}

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
