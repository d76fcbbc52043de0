/**
 * A Problem is an error made ready to be read: what happened, where, and what to do next.
 * Everything that a person can mend travels as a Problem; a plain Error is a bug of ours.
 */

export type Severity = 'error' | 'warning' | 'notice';

export interface Problem {
  readonly code: ProblemCode;
  /** Absent: an error. A warning or notice never stops anything. */
  readonly severity?: Severity;
  /** One plain sentence without the code. */
  readonly message: string;
  /** What to do next, as a sentence. */
  readonly hint?: string;
  /** Last lines of an output, a stack, a list: whatever helps, several lines allowed. */
  readonly detail?: string;
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1. */
  readonly column?: number;
  /** The key of a configuration file, dotted. */
  readonly key?: string;
  /** The rule of docs/configuration.md that is broken. */
  readonly rule?: string;
  readonly machine?: string;
  /** The command that failed, as it was run; never holds a secret. */
  readonly command?: string;
  readonly exitCode?: number;
}

/** Exit codes of the command line (docs: commands). 0 is success; 5 is "stopped by the operator". */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 6;

/** Every code there is, with the exit code a headless command ends with when it cannot go on because of it. */
const problemCodes = {
  // 1: the run failed, or part of what was asked for could not be done
  'run-failed': 1,
  'task-failed': 1,
  'hook-failed': 1,
  'build-failed': 1,
  'push-failed': 1,
  'push-not-verified': 1,
  'deadline-passed': 1,
  'disk-full': 1,
  'image-not-built': 1,
  'not-found': 1,
  'file-unwritable': 1,
  'editor-failed': 1,
  'machine-lost': 1,
  'sudo-refused': 1,
  'script-failed': 1,
  'facts-unreadable': 1,
  'package-corrupt': 1,
  'certificate-invalid': 1,
  'certificate-renewal': 1,
  'api-refused': 1,
  'api-failed': 1,
  'api-unreadable': 1,
  'api-lost': 1,
  'etcd-no-quorum': 1,
  'etcd-member-down': 1,
  'etcd-membership': 1,
  'etcd-alarm': 1,
  'etcd-space': 1,
  'etcd-snapshot': 1,
  'eviction-refused': 1,
  bug: 1,
  // 2: wrong use
  usage: 2,
  'unknown-name': 2,
  'unknown-run': 2,
  'no-terminal': 2,
  // 3: the configuration or the tree is invalid
  'no-tree': 3,
  'tree-invalid': 3,
  'file-unreadable': 3,
  'yaml-invalid': 3,
  'dockerfile-invalid': 3,
  'duplicate-image': 3,
  'unknown-dependency': 3,
  'dependency-cycle': 3,
  'path-leaves-tree': 3,
  'config-invalid': 3,
  'config-missing': 3,
  'module-failed': 3,
  'template-invalid': 3,
  'template-failed': 3,
  'template-limit': 3,
  'template-undefined': 3,
  'template-secret': 3,
  'registry-setting-missing': 3,
  'kubeconfig-invalid': 3,
  // 4: refused for safety
  'approval-missing': 4,
  'confirmation-missing': 4,
  'plan-changed': 4,
  'not-in-plan': 4,
  'lock-held': 4,
  'read-only': 4,
  'secret-missing': 4,
  'other-cluster': 4,
  'cluster-data': 4,
  'etcd-quorum-risk': 4,
  'tree-packages': 4,
  'edit-refused': 4,
  'check-failed': 4,
  'other-account': 4,
  'program-version-changed': 4,
  'host-key-unknown': 4,
  'host-key-changed': 4,
  'host-key-revoked': 4,
  'api-not-trusted': 4,
  // 5: stopped by the operator
  stopped: 5,
  // 6: something needed cannot be reached, nothing was changed
  'engine-unreachable': 6,
  'engine-refused': 6,
  'registry-unreachable': 6,
  'registry-login': 6,
  'runner-not-started': 6,
  'machine-unreachable': 6,
  'login-refused': 6,
  'api-unreachable': 6,
} as const satisfies Record<string, ExitCode>;

export type ProblemCode = keyof typeof problemCodes;

/** Thrown wherever a person can do something about it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: {cause?: unknown}) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/**
 * The Problem of anything that was thrown. What is not a ProblemError is a bug of ours and
 * keeps its stack as detail.
 */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    code: 'bug',
    message: `pai-tui made a mistake: ${error.message}`,
    hint: 'Please report it with the detail below; nothing you did caused it.',
    ...(error.stack ? {detail: error.stack} : {}),
  };
}

/** Exit code of a headless command that could not go on because of these problems: the gravest one decides. */
export function exitCodeOf(problem: Problem): ExitCode {
  return problemCodes[problem.code];
}

/** Whether it keeps anything from being done; warnings and notices do not. */
export function isError({severity}: Problem): boolean {
  return severity === undefined || severity === 'error';
}

/** '2 errors, 1 warning'; empty when there are none. */
export function problemCounts(problems: readonly Problem[]): string {
  const kinds = ['error', 'warning', 'notice'] as const;
  const counts = kinds.flatMap((kind) => {
    const amount = problems.filter(({severity = 'error'}) => severity === kind).length;
    return amount === 0 ? [] : [`${amount} ${kind}${amount === 1 ? '' : 's'}`];
  });
  return counts.join(', ');
}
