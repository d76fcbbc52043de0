import {setImmediate as nextTurn} from 'node:timers/promises';
import {displayText} from '../../names.ts';
import type {Problem} from '../../problem.ts';
import type {Sources} from '../sources.ts';
import type {ClusterConfig} from '../types.ts';
import {keyOf, lineOf} from '../yaml-access.ts';
import {readComputer} from './computer.ts';
import {machineEntries} from './entries.ts';
import {rules} from './table.ts';
import type {Finding, Rule} from './types.ts';

/**
 * Every rule over what could be read of a configuration, so that nothing hides behind something else. What waits for
 * the event loop has its turn after each.
 */
export async function checkRules(config: ClusterConfig, sources: Sources): Promise<Problem[]> {
  const computer = await readComputer(config);
  const input = {config, sources, entries: machineEntries(sources), computer};
  const problems: Problem[] = [];
  for (const rule of rules) {
    await nextTurn();
    problems.push(...bounded(rule, rule.find(input)).map((finding) => problemOf(rule, finding)));
  }
  return problems;
}

/** As many as somebody reads. */
const most = 50;

function bounded({name}: Rule, findings: readonly Finding[]): readonly Finding[] {
  const next = findings[most];
  if (!next) return findings;
  const count = findings.length - most;
  const message = `From here on ${name} is broken in ${count} more ${count === 1 ? 'place' : 'places'}, which are not listed.`;
  return [...findings.slice(0, most), {at: next.at, message, hint: 'Mend those that are listed first.'}];
}

function problemOf({name, severity}: Rule, {at, message, hint}: Finding): Problem {
  const {file, line, key} = 'source' in at ? {file: at.source.file, line: lineOf(at), key: keyOf(at)} : at;
  return {
    code: 'config-invalid',
    rule: name,
    ...(severity === 'error' ? {} : {severity}),
    message: displayText(message),
    hint: displayText(hint),
    file,
    line,
    ...(key === '' ? {} : {key: displayText(key)}),
  };
}
