/** What went wrong in the modules of a tree, made ready to be read. */

import {join} from 'node:path';
import * as z from 'zod/mini';
import {number, type Of, oneOf, record, text} from '../../json.ts';
import {displayText} from '../../names.ts';
import type {Problem} from '../../problem.ts';
import type {Answer} from '../../tools.ts';
import {withoutSecrets} from '../secret-keys.ts';
import {type ModulesRequest, moduleFile} from './types.ts';

/** What went wrong, as run_modules.py tells it. */
export const failure = record({
  module: text,
  phase: oneOf('loading', 'validation_pre', 'run', 'validation_post'),
  /** said: its check refused the configuration. */
  kind: oneOf('exception', 'import', 'refused', 'said'),
  message: text,
  line: z.nullable(number),
  trace: text,
});
export type Failure = Of<typeof failure>;

export interface About extends Pick<ModulesRequest, 'toolRoot' | 'secrets'> {
  readonly python: string;
  /** Where the modules were run. */
  readonly copy: string;
}

const without = 'Mend it, or leave out --python: then the values are those that are known here.';

export function failureProblem(about: About, failed: Failure, stderr: string): Problem {
  const {module, kind, line} = failed;
  const [message, hint] = words(failed, clean(about, failed.message), about.python);
  return {
    code: kind === 'said' ? 'config-invalid' : 'module-failed',
    message: `${displayText(moduleFile(module))} ${message}`,
    hint,
    ...detailOf(about, failed.trace, stderr),
    file: join(about.toolRoot, moduleFile(module)),
    ...(line === null ? {} : {line}),
  };
}

function words({kind, phase}: Failure, what: string, python: string): readonly [string, string] {
  switch (kind) {
    case 'said':
      return [`refuses the configuration: ${sentence(what)}`, `Its ${phase} says so. Correct the configuration.`];
    case 'import':
      return [`imports ${what}, which ${python} does not have.`, `Install it for ${python}, or leave out --python.`];
    case 'refused':
      return [`${what}, which is not done for a configuration that is only looked at.`, without];
    case 'exception':
      return [
        phase === 'loading' ? `cannot be loaded: ${sentence(what)}` : `failed in ${phase}: ${sentence(what)}`,
        without,
      ];
  }
}

/** `at`: the module that was at work. */
export function lateProblem(about: About, at: string | undefined, milliseconds: number): Problem {
  return {
    code: 'deadline-passed',
    message: `${subject(at)} did not end within ${milliseconds / 1000} s and ${at === undefined ? 'were' : 'was'} stopped.`,
    hint: without,
    ...placeOf(about, at),
  };
}

/** Python ended without an answer. */
export function answerProblem(about: About, at: string | undefined, answer: Answer): Problem {
  const {saidTooMuch, signal, exit, stderr} = answer;
  const how = saidTooMuch
    ? 'said too much and was stopped'
    : `ended ${about.python} without an answer (${signal ?? `exit ${exit}`})`;
  return {
    code: 'module-failed',
    message: `${subject(at)} ${how}.`,
    hint: without,
    ...detailOf(about, '', stderr),
    ...placeOf(about, at),
  };
}

function subject(at: string | undefined): string {
  return at === undefined ? 'The modules of the tree' : displayText(moduleFile(at));
}

function placeOf({toolRoot}: About, at: string | undefined): Pick<Problem, 'file'> {
  return at === undefined ? {} : {file: join(toolRoot, moduleFile(at))};
}

/** Where it was, and the last that the modules said. */
function detailOf(about: About, trace: string, stderr: string): Pick<Problem, 'detail'> {
  const lines = [...trace.split('\n'), ...stderr.split('\n').slice(-21)].map((line) => line.trimEnd()).filter(Boolean);
  return lines.length === 0 ? {} : {detail: lines.map((line) => displayText(clean(about, line))).join('\n')};
}

function clean({copy, toolRoot, secrets}: About, text: string): string {
  return withoutSecrets(text.slice(0, 4_000).replaceAll(copy, toolRoot), secrets);
}

function sentence(text: string): string {
  const line = displayText(text.replace(/\s+/g, ' ').trim());
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
