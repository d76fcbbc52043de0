/**
 * A command line for the login shell that runs a short script, where it cannot be sent through stdin: in a pty that is
 * the keyboard. Every byte that any shell could take for its own is written in octal, for printf %b.
 */
export function scriptInArgument(script: string): string {
  const safe = Buffer.from(script, 'utf8').reduce((text, byte) => {
    const letter = String.fromCharCode(byte);
    return text + (/[A-Za-z0-9 ,./:;=_@+-]/.test(letter) ? letter : `\\0${byte.toString(8).padStart(3, '0')}`);
  }, '');
  return `exec /bin/sh -c 'eval "$(printf %b "${safe}")"'`;
}
