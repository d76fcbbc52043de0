import type {HostKey} from '../machine-tools.ts';

/** The machine whose key is judged. The name is for people; keys are looked up by address and port. */
export interface HostKeyOwner {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/**
 * What is known of the host keys of machines, as it was read before a connection is made: both questions are asked in
 * the middle of a handshake, where nobody may be waited for.
 */
export interface HostKeyBook {
  check(owner: HostKeyOwner, key: HostKey): HostKeyVerdict;
  /**
   * Types of the keys known of a machine, as in known_hosts ('ssh-ed25519', 'ssh-rsa'); empty when none is. They are
   * asked for first, so that a machine whose RSA key is known does not show an unknown ed25519 one.
   */
  preferredTypes(owner: HostKeyOwner): readonly string[];
  /**
   * Whether only a certificate can say which key is this machine's: a certificate authority is known for it and no
   * key. It is then asked for one (host-certificate-ask.ts) before it is connected to, and `learn` is told.
   */
  wantsCertificate?(owner: HostKeyOwner): boolean;
  /** What the machine showed as its certificate, undefined for none. When it holds, its key is trusted from then on. */
  learn?(owner: HostKeyOwner, certificate: Uint8Array | undefined): void;
}

export type HostKeyVerdict =
  /** From where: 'pinned 2026-11-20, ~/.ssh/known_hosts:12'. */
  | {readonly kind: 'trusted'; readonly from?: string}
  /** No key of this machine is known; `because` says why what is known of it does not help. */
  | {readonly kind: 'unknown'; readonly because?: string}
  /** Other keys are known: which, and where from ('pinned 2026-11-20', '~/.ssh/known_hosts:12'). */
  | {readonly kind: 'changed'; readonly known: readonly HostKey[]; readonly from: string}
  /** This key is marked @revoked. */
  | {readonly kind: 'revoked'; readonly from: string}
  /** The sources know the machine by different keys, and not all of them have this one. */
  | {readonly kind: 'disagreeing'; readonly known: readonly HostKey[]; readonly from: string};
