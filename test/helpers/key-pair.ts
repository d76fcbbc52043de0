import ssh2 from 'ssh2';

/**
 * A new key that ssh2 can read. Its own generator leaves a zero byte at the beginning of an Ed25519 key out, which is one
 * key in 256 and then is malformed to its reader (ssh2 1.17.0).
 */
export function makeKeyPair(type: 'ed25519' | 'rsa' = 'ed25519'): {readonly private: string; readonly public: string} {
  for (;;) {
    const pair =
      type === 'rsa' ? ssh2.utils.generateKeyPairSync('rsa', {bits: 2048}) : ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
