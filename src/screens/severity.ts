import type {Problem} from '../engine/index.ts';

/** How grave a problem is, gravest first: its word, and the state whose glyph and colour it has. */
export const severities = [
  {severity: 'error', state: 'failed'},
  {severity: 'warning', state: 'warning'},
  {severity: 'notice', state: 'unknown'},
] as const;

type Severity = (typeof severities)[number];

export function severityOf({severity = 'error'}: Pick<Problem, 'severity'>): Severity {
  return severities.find((known) => known.severity === severity) ?? severities[0];
}
