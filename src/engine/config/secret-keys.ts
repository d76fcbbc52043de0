/** Which keys of a configuration hold secrets, and texts without them. */

/** By its name: passwords, tokens, keys, credentials; not what only names or times a secret. */
export function isSecretKey(key: string): boolean {
  return (
    /pass|secret|token|credential|base64code|private|auth$|connection-str|azure_storage|htpasswd|key$/i.test(key) &&
    !/secret[-_]?name$|expired?|priority/i.test(key)
  );
}

/** Passwords in URLs, and every known secret of four or more characters, as dots. */
export function withoutSecrets(text: string, secrets: ReadonlySet<string>): string {
  let shown = text.replace(/(:\/\/[^/\s:@]*:)[^/\s@]+@/g, `$1${dots}@`);
  for (const secret of secrets) if (secret.length >= 4) shown = shown.replaceAll(secret, dots);
  return shown;
}

export const dots = '••••••';
