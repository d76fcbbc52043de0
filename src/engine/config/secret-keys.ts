/** Which keys of a configuration hold secrets, and texts without them. */

/** By its name: passwords, tokens, keys, credentials; not what only names or times a secret. */
export function isSecretKey(key: string): boolean {
  return (
    /pass|secret|token|credential|base64code|private|auth$|connection-str|azure_storage|htpasswd|key$/i.test(key) &&
    !/secret[-_]?name$|expired?|priority/i.test(key)
  );
}

/**
 * A text below such a key that is one. Words of nothing and flags are none: taken for secrets, they would turn every
 * other None and true of a configuration into dots.
 */
export function isSecretText(text: string): boolean {
  return !/^(?:|none|null|true|false)$/i.test(text.trim());
}

/** Passwords in URLs, and every known secret of four or more characters, as dots. */
export function withoutSecrets(text: string, secrets: ReadonlySet<string>): string {
  return hider(secrets)(text);
}

/** The same for many texts: however many secrets there are, a text that has none is looked through once. */
export function hider(secrets: ReadonlySet<string>): (text: string) => string {
  const byBeginning = new Map<string, string[]>();
  // Of two that begin alike the longer one goes first, or its end would stay.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length < shortest) continue;
    const beginning = secret.slice(0, shortest);
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), secret]);
  }
  return (text) => {
    let shown = text.replace(/(:\/\/[^/\s:@]*:)[^/\s@]+@/g, `$1${dots}@`);
    for (let at = 0; at + shortest <= shown.length; at++) {
      for (const secret of byBeginning.get(shown.slice(at, at + shortest)) ?? []) {
        shown = shown.replaceAll(secret, dots);
      }
    }
    return shown;
  };
}

/** Characters; what is shorter stands in too many other words. */
const shortest = 4;

/** What stands in the place of a secret. */
export const dots = '••••••';
