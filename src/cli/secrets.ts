import {open} from 'node:fs/promises';
import {resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {Writable} from 'node:stream';
import {ProblemError, Secret} from '../engine/index.ts';
import {listen} from './interrupts.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';
import type {World} from './world.ts';

/**
 * The password in the file that a flag or a variable names: its first line. Throws `secret-missing` for a file
 * that others can read, that belongs to somebody else, or that has nothing in it.
 */
export async function passwordFromFile(
  flag: string | true | undefined,
  variable: 'PAI_PASSWORD_FILE' | 'PAI_JUMP_PASSWORD_FILE',
  world: World,
): Promise<Secret | undefined> {
  const named = flag ?? (world.environment[variable] || undefined);
  if (typeof named !== 'string') return undefined;
  const path = resolve(world.cwd, named);
  const refuse = (why: string, hint: string) =>
    new ProblemError({
      code: 'secret-missing',
      message: `The password file ${plainLine(path)} ${why}.`,
      hint,
      file: path,
    });
  // Opened first and looked at then, so that it is the file itself that is judged.
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw refuse(`cannot be read: ${error.code ?? error.message}`, 'Name a file that is there, with mode 0600.');
  });
  try {
    const facts = await file.stat();
    // A pipe is what a shell makes of <(pass show cluster).
    if (!facts.isFile() && !facts.isFIFO()) throw refuse('is no file', 'Name a file with mode 0600.');
    if ((facts.mode & 0o077) !== 0) throw refuse('can be read by others', `chmod 600 ${path}`);
    const own = process.getuid?.();
    if (own !== undefined && facts.uid !== own && facts.uid !== 0) {
      throw refuse('belongs to another account', 'Make one of your own, with mode 0600.');
    }
    const [first = ''] = (await file.readFile('utf8')).split(/\r?\n/);
    if (first === '') throw refuse('has no password on its first line', 'Write the password into it.');
    return new Secret(first);
  } finally {
    await file.close();
  }
}

/** Whether somebody can be asked: there is a terminal to ask on. */
export function canAsk({stdin, stderr}: World): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks on the terminal, without echo. Throws `stopped` for Ctrl-C, an end of input, and being told to end. */
export async function askSecret(world: World, output: Output, question: string): Promise<Secret> {
  output.statusLine?.erase();
  world.stderr.write(question);
  const nowhere = new Writable({write: (_chunk, _encoding, done) => done()});
  try {
    return new Secret(await askLine(world, nowhere, ''));
  } finally {
    // The line end was typed without echo.
    world.stderr.write('\n');
  }
}

/** Asks for a line on the terminal. Throws as `askSecret`. */
export async function askText(world: World, output: Output, question: string): Promise<string> {
  output.statusLine?.erase();
  return askLine(world, world.stderr, question);
}

async function askLine(world: World, echo: NodeJS.WritableStream, question: string): Promise<string> {
  const asking = createInterface({input: world.stdin, output: echo, terminal: true, historySize: 0});
  let forget = () => {};
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = () => reject(new ProblemError({code: 'stopped', message: 'Stopped: nothing was done.'}));
      asking.on('SIGINT', stop);
      asking.on('close', stop);
      // Dying of a signal here would leave the terminal as the question needs it: without echo.
      forget = listen(world, stop, stop);
      asking.question(question, resolve);
    });
  } finally {
    forget();
    asking.close();
  }
}
