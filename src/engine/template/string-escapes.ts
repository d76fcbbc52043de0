/** What stands between the quotes of a text in a template, as Python's `unicode-escape` reads it. */

/** Thrown with what is wrong with an escape. */
export class EscapeError extends Error {}

const simple: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

export function unescaped(inside: string): string {
  if (!inside.includes('\\')) return inside;
  const pattern = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu;
  return inside.replace(pattern, (all, octal, x, u, U, other: string | undefined) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const hex = x ?? u ?? U;
    if (hex !== undefined) return codePoint(Number.parseInt(hex, 16));
    if (other === undefined) return all;
    if (other in simple) return simple[other] ?? '';
    if (other === 'x') throw new EscapeError('An escape \\x needs two hexadecimal digits.');
    if (other === 'u') throw new EscapeError('An escape \\u needs four hexadecimal digits.');
    if (other === 'U') throw new EscapeError('An escape \\U needs eight hexadecimal digits.');
    if (other === 'N')
      throw new EscapeError('Characters cannot be given by name (\\N{…}) here; write them as they are.');
    // Jinja2 turns the rest into escapes of its own before it reads them, so a backslash before é gives \xe9.
    return other < '\x80' ? all : escapeOf(other);
  });
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw new EscapeError('An escape \\U gives a character that does not exist.');
  return String.fromCodePoint(code);
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
