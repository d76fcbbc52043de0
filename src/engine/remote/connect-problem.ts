import type {SshTarget} from '../machine-tools.ts';
import {printableLine} from '../printable.ts';
import {type Problem, ProblemError} from '../problem.ts';

/** What ssh2 and sockets put on their errors. */
export interface WireError extends Error {
  readonly level?: string;
  readonly code?: string | number;
  /** Of a channel that was not opened (RFC 4254, 5.1). */
  readonly reason?: number | string;
}

/** 'node-3 (pai@10.0.0.13, port 2222, through bastion)': how a machine is named where it cannot be reached. */
export function targetWords({name, address, port, user, jump}: SshTarget): string {
  const where = [
    `${user}@${address}`,
    ...(port === 22 ? [] : [`port ${port}`]),
    ...(jump ? [`through ${jump.name}`] : []),
  ];
  return `${name} (${where.join(', ')})`;
}

/** Nobody could be asked: what was tried, why it failed, what to check. */
export function unreachable(
  target: SshTarget,
  why: string,
  hint: string,
  cause?: unknown,
  detail?: string,
): ProblemError {
  return new ProblemError(
    {
      code: 'machine-unreachable',
      message: `${targetWords(target)} cannot be reached: ${why}.`,
      hint,
      machine: target.name,
      ...(detail ? {detail} : {}),
    },
    {cause},
  );
}

/** The machine answers and lets nobody in. */
export function refused(target: SshTarget, problem: Omit<Problem, 'machine'>, cause?: unknown): ProblemError {
  return new ProblemError({...problem, machine: target.name}, {cause});
}

const onThisComputer: Readonly<Record<string, {readonly why: string; readonly hint: string}>> = {
  ECONNREFUSED: {
    why: 'the connection was refused',
    hint: 'The machine is up, but no sshd listens on that port: check the port, and sshd on its console.',
  },
  EHOSTUNREACH: {
    why: 'there is no route to it',
    hint: 'Is the machine on, and is the network between in order (ping)?',
  },
  ENETUNREACH: {why: 'there is no route to its network', hint: 'Check the network of this computer (ip route).'},
  ENOTFOUND: {why: 'there is no host of that name', hint: 'Is the name spelt right in the configuration, and in DNS?'},
  EAI_AGAIN: {why: 'its name cannot be looked up now', hint: 'Check DNS on this computer (getent hosts NAME).'},
  ETIMEDOUT: {
    why: 'it did not answer in time',
    hint: 'Is the machine on? A firewall that drops packets looks the same.',
  },
  EADDRNOTAVAIL: {
    why: 'this computer has no address to reach it from',
    hint: 'Check the network of this computer (ip address).',
  },
};

/** A connection could not be made, from this computer or from the machine to go through. */
export function dialProblem(target: SshTarget, error: WireError): ProblemError {
  if (target.jump && error.reason !== undefined) return forwardProblem(target, target.jump, error);
  const {code, message} = innermost(error);
  const known = onThisComputer[String(code)];
  if (known) return unreachable(target, known.why, known.hint, error);
  return unreachable(target, printableLine(message), 'Try it with ssh from this computer.', error);
}

/** Node tries all addresses of a host and wraps the errors. */
function innermost(error: WireError): WireError {
  return error instanceof AggregateError ? (error.errors[0] as WireError) : error;
}

function forwardProblem(target: SshTarget, jump: SshTarget, error: WireError): ProblemError {
  if (error.reason === 1) {
    return unreachable(
      target,
      `${jump.name} does not forward connections`,
      `Set AllowTcpForwarding yes for ${jump.user} in sshd_config of ${jump.name}.`,
      error,
    );
  }
  const said = printableLine(error.message.replace(/^\(SSH\) Channel open failure: /, ''));
  return unreachable(
    target,
    `${jump.name} could not connect to it${said ? ` (${said})` : ''}`,
    `Try from ${jump.name}: nc -vz ${target.address} ${target.port}`,
    error,
  );
}
