import type {Readable, Writable} from 'node:stream';
import type {Engine, ExitCode, KubectlPlaces} from '../engine/index.ts';

/** All that a headless command reaches of the outside. main.tsx brings the real one, tests another. */
export interface World {
  readonly stdin: Readable & {readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown};
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Relative paths count from here. */
  readonly cwd: string;
  readonly version: string;
  /** The tree that is shipped beside the program, for a first look, and its configuration. */
  readonly sample: {readonly source: string; readonly config: string};
  readonly signals: Signals;
  openEngine(options: {readonly stateHome?: string}): Promise<Engine>;
  /** Opens the app on a run, in this terminal. Resolves to the exit code. */
  openScreen(options: ScreenOptions): Promise<number>;
}

export interface ScreenOptions {
  readonly engine: Engine;
  readonly source: string;
  readonly sourceNote?: string;
  readonly config?: string;
  readonly kubectl: KubectlPlaces;
  readonly state?: string;
  readonly readOnly?: boolean;
  readonly attach?: string;
  readonly noColor: boolean;
  readonly ascii: boolean;
}

type TextStream = Writable & {readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number};

/** How a command ended: 0, or one of the codes of the engine's problems. */
export type Ended = 0 | ExitCode;

/** Where signals of the operator arrive: the process, or an emitter in tests. */
interface Signals {
  on(signal: EndSignal | 'exit', listener: () => void): unknown;
  off(signal: EndSignal | 'exit', listener: () => void): unknown;
}

/** Ctrl-C, being told to end, and a terminal that went away; 'exit' comes last of all, whatever the reason. */
type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Whether the terminal only prints lines: it cannot move its cursor, let alone show the screens. */
export function isDumb({environment}: World): boolean {
  const {TERM} = environment;
  return TERM === 'dumb';
}

/** Whether lines and signs beyond ASCII can be drawn. An empty environment says nothing, and today's are UTF-8. */
export function isUtf8({environment}: Pick<World, 'environment'>): boolean {
  const {LC_ALL, LC_CTYPE, LANG} = environment;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  return locale === '' || /utf-?8/i.test(locale);
}
