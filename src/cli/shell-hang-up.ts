const tilde = 0x7e;
const dot = 0x2e;

/**
 * As in ssh: ~. at the beginning of a line hangs up, ~~ there is one tilde. Whoever is asked gets what was typed, and
 * passes on what it returns.
 */
export function createHangUp(hangUp: () => void): (bytes: Uint8Array) => Uint8Array {
  let isLineStart = true;
  let isHeld = false;
  return (bytes) => {
    const passed: number[] = [];
    for (const byte of bytes) {
      if (isHeld) {
        isHeld = false;
        if (byte === dot) {
          hangUp();
          return Uint8Array.from(passed);
        }
        passed.push(tilde);
        isLineStart = false;
        if (byte === tilde) continue;
      } else if (isLineStart && byte === tilde) {
        isHeld = true;
        continue;
      }
      passed.push(byte);
      isLineStart = byte === 13 || byte === 10;
    }
    return Uint8Array.from(passed);
  };
}
