import type {AnyAuthMethod, ParsedKey, Prompt} from 'ssh2';
import type {SshCredential, SshTarget} from '../machine-tools.ts';
import {type Problem, problemOf} from '../problem.ts';
import type {KeyFiles} from './key-file.ts';

/** A credential that can be tried. */
type Usable =
  | {readonly kind: 'password'; readonly password: string; readonly words: string}
  | {readonly kind: 'key'; readonly key: ParsedKey; readonly words: string}
  | {readonly kind: 'agent'; readonly socket: string; readonly words: string};

/**
 * The credentials of a machine in their order, each tried once. A password answers one method alone, since a wrong
 * one that is sent twice counts twice where accounts are locked after some failures.
 */
export class LoginAttempts {
  readonly #user: string;
  readonly #left: Usable[];
  /** Why each of them did not serve, as parts of a sentence. */
  readonly refused: string[] = [];
  /** Credentials that could not be tried at all. */
  readonly unusable: readonly Problem[];
  /** What the machine takes: 'publickey', 'password', … */
  accepted: readonly string[] = [];
  /** What ended the login, where it was more than a refusal. */
  problem: Problem | undefined;
  #trying: Usable | undefined;
  #askedOnce = false;

  constructor(user: string, usable: readonly Usable[], unusable: readonly Problem[]) {
    this.#user = user;
    this.#left = [...usable];
    this.unusable = unusable;
  }

  /** The next to try; false when there is none. Without methods the machine has not been asked which it takes. */
  next(methods: readonly string[] | null, partly: boolean | null): AnyAuthMethod | false {
    if (methods === null) return {type: 'none', username: this.#user};
    if (this.#trying !== undefined && !partly) this.refused.push(`${this.#trying.words} refused`);
    this.accepted = methods;
    this.#trying = undefined;
    for (const [index, credential] of this.#left.entries()) {
      const method = this.#methodFor(credential, methods);
      if (method === undefined) continue;
      this.#left.splice(index, 1);
      this.#trying = credential;
      return method;
    }
    for (const {words} of this.#left) this.refused.push(`${words} not taken`);
    return false;
  }

  /** An agent that does not answer is passed over by ssh2, after telling. */
  agentFailed(why: string): void {
    if (this.#trying?.kind !== 'agent') return;
    this.refused.push(`the agent at ${this.#trying.socket} did not serve (${why})`);
    this.#trying = undefined;
  }

  #methodFor(credential: Usable, methods: readonly string[]): AnyAuthMethod | undefined {
    const username = this.#user;
    if (credential.kind !== 'password') {
      if (!methods.includes('publickey')) return undefined;
      if (credential.kind === 'key') return {type: 'publickey', username, key: credential.key};
      return {type: 'agent', username, agent: credential.socket};
    }
    const {password} = credential;
    if (methods.includes('password')) return {type: 'password', username, password};
    if (!methods.includes('keyboard-interactive')) return undefined;
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(this.#answers(prompts, password)),
    };
  }

  /** The password answers one hidden question. Anything more (a code, a new password) nobody here can answer. */
  #answers(prompts: readonly Prompt[], password: string): string[] {
    const [first] = prompts;
    if (!this.#askedOnce && prompts.length === 1 && first?.echo !== true) {
      this.#askedOnce = true;
      return [password];
    }
    const asked = prompts.map(({prompt}) => prompt.trim()).join(' ');
    this.problem ??= unanswerable(asked);
    return prompts.map(() => '');
  }
}

function unanswerable(asked: string): Problem {
  if (/new\b.*password|current.*password|expired/i.test(asked)) {
    return {
      code: 'login-refused',
      message: 'The password has expired: the machine asks for a new one.',
      hint: 'Log in once with ssh and set a new password.',
    };
  }
  return {
    code: 'login-refused',
    message: `The machine asks what only a person can answer (“${asked}”).`,
    hint: 'Log in with a key.',
  };
}

/** Reads the keys among the credentials. Never throws: what cannot be used is told when nothing else lets us in. */
export async function loginAttempts(target: SshTarget, keys: KeyFiles): Promise<LoginAttempts> {
  const usable: Usable[] = [];
  const unusable: Problem[] = [];
  for (const credential of target.credentials) {
    try {
      usable.push(await usableOf(credential, keys));
    } catch (error) {
      unusable.push(problemOf(error));
    }
  }
  return new LoginAttempts(target.user, usable, unusable);
}

async function usableOf(credential: SshCredential, keys: KeyFiles): Promise<Usable> {
  switch (credential.kind) {
    case 'password':
      return {kind: 'password', password: credential.password.reveal(), words: 'the password was'};
    case 'key':
      return {
        kind: 'key',
        key: await keys.read(credential.file, credential.passphrase),
        words: `the key ${credential.file} was`,
      };
    case 'agent':
      return {kind: 'agent', socket: credential.socket, words: `the keys of the agent at ${credential.socket} were`};
  }
}
