/** What can be shown: everything, lines only (no cursor moves), or nothing because nobody looks. */
export type TerminalKind = 'full' | 'linear' | 'none';

export interface TerminalEnds {
  readonly stdin: {readonly isTTY?: boolean};
  readonly stdout: {readonly isTTY?: boolean};
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** `none` without a terminal on both ends; `linear` where the terminal cannot move its cursor (TERM=dumb or unset). */
export function terminalKind({stdin, stdout, environment}: TerminalEnds): TerminalKind {
  if (!stdin.isTTY || !stdout.isTTY) return 'none';
  const term = environment['TERM'] ?? '';
  return term === '' || term === 'dumb' || term === 'unknown' ? 'linear' : 'full';
}

/** Thrown by mountApp where no full screen can be shown; `kind` says what can be. */
export class NoFullScreen extends Error {
  readonly kind: Exclude<TerminalKind, 'full'>;

  constructor(kind: Exclude<TerminalKind, 'full'>) {
    super(
      kind === 'none'
        ? 'There is no terminal to draw on.'
        : 'This terminal cannot move its cursor, so no full screen can be drawn.',
    );
    this.name = 'NoFullScreen';
    this.kind = kind;
  }
}
