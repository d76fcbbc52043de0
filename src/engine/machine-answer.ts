/** Scripts that tell something of a machine, and their lines, taken from whatever else came with them. */

import {randomBytes} from 'node:crypto';
import type {Remote, RemoteCommand, RemoteEnd} from './machine-tools.ts';
import {displayText} from './names.ts';

/** What a machine answered, by section. Foreign text: nothing of it is checked yet. */
export interface Answer {
  /** The lines of a section in their order; empty where it said nothing. */
  lines(section: string): readonly string[];
  /** The first line of a section, unless it is empty. */
  first(section: string): string | undefined;
  /** Whether the script came to its end. */
  readonly complete: boolean;
}

export interface Asked {
  readonly answer: Answer;
  readonly end: RemoteEnd;
  /** The last lines it printed beside its answer, for a Problem's detail; empty when there are none. */
  readonly said: string;
}

/** A whole answer, many times over. */
const mostBytes = 4 * 1024 * 1024;
const lastBytes = 4000;
const lastLines = 10;
const mostLines = 20_000;
const longestLine = 2000;

/**
 * Runs a script that prints lines of the form MARK SECTION TEXT, the last one MARK end ended. The mark is a random word
 * and its $1, before `args`; so nothing else is taken for an answer. The script must be one that can be repeated.
 * `heard` is called when the first of its lines arrived. Throws what `Remote.run` throws.
 */
export async function askMachine(
  remote: Remote,
  command: RemoteCommand,
  signal: AbortSignal,
  heard?: () => void,
): Promise<Asked> {
  const mark = randomBytes(12).toString('hex');
  let chunks: Buffer[] = [];
  let bytes = 0;
  let isHeard = false;
  let error = '';
  const end = await remote.run(
    {...command, repeatable: true, args: [mark, ...(command.args ?? [])]},
    {
      stdout(chunk) {
        if (bytes >= mostBytes) return;
        bytes += chunk.length;
        chunks.push(Buffer.from(chunk));
        if (isHeard || !Buffer.concat(chunks).includes(mark)) return;
        isHeard = true;
        heard?.();
      },
      stderr(chunk) {
        error = (error + Buffer.from(chunk).toString('utf8')).slice(-lastBytes);
      },
      again() {
        chunks = [];
        bytes = 0;
        error = '';
      },
    },
    signal,
  );
  const text = Buffer.concat(chunks).toString('utf8');
  const beside = error.trim() === '' ? text.slice(-lastBytes) : error;
  const said = beside
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.includes(mark))
    .map(displayText)
    .slice(-lastLines);
  return {answer: readAnswer(text, mark), end, said: said.join('\n')};
}

/** Reads the lines that begin with `mark`; everything else (banners, noise of profiles) is passed over. Never throws. */
export function readAnswer(text: string, mark: string): Answer {
  const sections = new Map<string, string[]>();
  const start = `${mark} `;
  let taken = 0;
  for (const line of text.split(/\r?\n/)) {
    // Noise without a line end may stand in front of one of ours.
    const at = line.indexOf(start);
    if (at < 0 || taken++ >= mostLines) continue;
    const rest = line.slice(at + start.length, at + start.length + longestLine);
    const space = rest.indexOf(' ');
    if (space < 1) continue;
    const section = rest.slice(0, space);
    const lines = sections.get(section);
    // A tab parts columns, so it stays; all else that cannot be seen goes.
    const said = rest
      .slice(space + 1)
      .split('\t')
      .map(displayText)
      .join('\t');
    if (lines) lines.push(said);
    else sections.set(section, [said]);
  }
  return {
    lines: (section) => sections.get(section) ?? [],
    first: (section) => sections.get(section)?.[0]?.trim() || undefined,
    complete: sections.get('end')?.[0] === 'ended',
  };
}

/** A number that was written plainly, undefined for anything else. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
}

/** 'was ended by KILL', 'ended with exit code 3' */
export function endText({exit, signal}: RemoteEnd): string {
  return exit === undefined ? `was ended by ${signal ?? 'a signal'}` : `ended with exit code ${exit}`;
}
