/** How long things of the wire may take, and how many of them may be at once. Times in milliseconds. */
export interface SshLimits {
  /** Until a machine takes the connection. */
  readonly connectMs: number;
  /** From there until its host key is checked and everything is encrypted. */
  readonly handshakeMs: number;
  /** From there until it lets us in. PAM and name look-ups of sshd take their time. */
  readonly loginMs: number;
  /** All tries together, where a machine turns connections away because it has too many. */
  readonly turnedAwayMs: number;
  /** A sign of life is asked for this often; without `keepaliveMisses` of them the connection counts as lost. */
  readonly keepaliveMs: number;
  readonly keepaliveMisses: number;
  /** Until a command is ready to begin: the login shell's profile and sudo's questions. */
  readonly beginMs: number;
  /** Between TERM and KILL. */
  readonly killMs: number;
  /** For asking a machine something short, as whether a process group is alive. */
  readonly askMs: number;
  /** How long a machine is tried again whose connection broke while a command ran. */
  readonly reconnectMs: number;
  /** Connections to one sshd that are not logged in yet. A stock sshd drops some from the 11th on (MaxStartups 10:30:100). */
  readonly startups: number;
  /** The same for all machines together. */
  readonly allStartups: number;
}

export const usualLimits: SshLimits = {
  connectMs: 10_000,
  handshakeMs: 20_000,
  loginMs: 45_000,
  turnedAwayMs: 60_000,
  keepaliveMs: 15_000,
  keepaliveMisses: 3,
  beginMs: 60_000,
  killMs: 10_000,
  askMs: 30_000,
  reconnectMs: 120_000,
  startups: 8,
  allStartups: 64,
};
