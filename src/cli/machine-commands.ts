import {setTimeout as sleep} from 'node:timers/promises';
import type {Command} from './commands.ts';
import type {Context} from './context.ts';
import {tellFacts} from './machine-facts.ts';
import {listMachines} from './machine-list.ts';
import {showLogs} from './machine-logs.ts';
import {runOnMachines} from './machine-run.ts';
import {openShell} from './machine-shell.ts';
import {trustMachines} from './machine-trust.ts';

const answers = {
  'machine list': listMachines,
  'machine facts': tellFacts,
  'machine trust': trustMachines,
  'machine run': runOnMachines,
  'machine shell': openShell,
  'machine logs': showLogs,
} satisfies Partial<Record<Command['name'], (context: Context) => Promise<number>>>;

/** How long connections may take to close: what still runs on machines is ended by that. */
const closingMs = 2000;

export function askMachines(name: keyof typeof answers, context: Context): Promise<number> {
  return closingMachines(context, answers[name]);
}

/** Carries out a command that asks machines, and gives its connections back. */
export async function closingMachines(
  context: Context,
  answer: (context: Context) => Promise<number>,
): Promise<number> {
  const {machines} = context.engine;
  try {
    return await answer(context);
  } finally {
    const enough = new AbortController();
    await Promise.race([
      machines.close().finally(() => enough.abort()),
      sleep(closingMs, undefined, {signal: enough.signal}).catch(() => {}),
    ]);
  }
}
