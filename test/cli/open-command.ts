import {EventEmitter} from 'node:events';
import {PassThrough, Writable} from 'node:stream';
import {commandLine} from '../../src/cli/command-line.ts';
import type {ScreenOptions, World} from '../../src/cli/world.ts';
import type {Engine} from '../../src/engine/index.ts';

export interface CommandOptions {
  readonly engine?: Engine;
  readonly environment?: Record<string, string>;
  /** Whether stdin, stdout and stderr are a terminal. */
  readonly terminal?: boolean;
  readonly cwd?: string;
}

export interface OpenCommand {
  readonly ended: Promise<number>;
  readonly signals: EventEmitter;
  /** All that was printed so far. */
  stdout(): string;
  stderr(): string;
  /** What the operator types. */
  type(text: string): void;
  /** Resolves once the text is on stdout or stderr. */
  sees(text: string): Promise<void>;
  /** As when the reader of stdout went away. */
  breakStdout(): void;
  /** As when the terminal went away. */
  breakTerminal(): void;
  readonly screens: ScreenOptions[];
  /** State folders the engine was opened with. */
  readonly opened: {readonly stateHome?: string}[];
}

/** Runs a command in this process on a world made of memory. */
export function openCommand(argv: readonly string[], options: CommandOptions = {}): OpenCommand {
  return openOn((world) => commandLine(argv, world), options);
}

/** The same for a part of the command line. */
export function openOn(carryOut: (world: World) => Promise<number>, options: CommandOptions = {}): OpenCommand {
  const isTTY = options.terminal ?? false;
  const stdout = memoryStream(isTTY);
  const stderr = memoryStream(isTTY);
  const stdin = Object.assign(new PassThrough(), {isTTY});
  const signals = new EventEmitter();
  const screens: ScreenOptions[] = [];
  const opened: {stateHome?: string}[] = [];
  const world: World = {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    environment: options.environment ?? {},
    cwd: options.cwd ?? '/nowhere',
    version: '9.9.9',
    sample: {source: '/sample', config: '/config-sample'},
    signals,
    async openEngine(choice) {
      opened.push(choice);
      if (!options.engine) throw new Error('this command should not have needed an engine');
      return options.engine;
    },
    async openScreen(choice) {
      screens.push(choice);
      return 0;
    },
  };
  return {
    ended: carryOut(world),
    signals,
    stdout: stdout.text,
    stderr: stderr.text,
    type: (text) => stdin.write(text),
    async sees(text) {
      while (!stdout.text().includes(text) && !stderr.text().includes(text)) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    breakTerminal() {
      const gone = () => Object.assign(new Error('EIO: i/o error'), {code: 'EIO'});
      stdin.emit('error', gone());
      stdout.stream.destroy(gone());
    },
    breakStdout: () => stdout.stream.destroy(Object.assign(new Error('write EPIPE'), {code: 'EPIPE'})),
    screens,
    opened,
  };
}

/** Runs a command to its end. */
export async function runCommand(argv: readonly string[], options: CommandOptions = {}) {
  const command = openCommand(argv, options);
  const code = await command.ended;
  return {code, stdout: command.stdout(), stderr: command.stderr(), screens: command.screens, opened: command.opened};
}

function memoryStream(isTTY: boolean) {
  let text = '';
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    }),
    {isTTY, columns: 80},
  );
  return {stream, text: () => text};
}
