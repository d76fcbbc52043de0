import type {Algorithms, ServerHostKeyAlgorithm} from 'ssh2';

/**
 * Ways to sign with each type of host key, the types OpenSSH prefers first. DSA is left out: nobody makes such keys
 * any more, and OpenSSH refuses them since 7.0.
 */
const signatures: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  // The key of sshd before 7.2 signs by SHA-1 only. Host keys are compared byte for byte, whatever signs.
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
};

/** Every type of host key that can be checked, in the order they are asked for. */
export const hostKeyTypes: readonly string[] = Object.keys(signatures);

/**
 * What to offer a machine, its known types of host keys first: whichever the machine has of the client's list is
 * taken in the client's order (RFC 4253, 7.1).
 */
export function algorithmsFor(knownTypes: readonly string[]): Algorithms {
  const types = [...new Set([...knownTypes, ...hostKeyTypes])];
  return {serverHostKey: types.flatMap((type) => signatures[type] ?? []), kex: {append: olderExchanges} as never};
}

/** The same for one type of host key alone. */
export function algorithmsForType(type: string): Algorithms {
  return {serverHostKey: [...(signatures[type] ?? [])], kex: {append: olderExchanges} as never};
}

/**
 * Beside what ssh2 offers by itself, last: sshd before 6.5 may have nothing better, and RFC 9142 lets it be used. The
 * 1024-bit group of those times is broken, so it is not offered.
 */
const olderExchanges = ['diffie-hellman-group14-sha1'];
