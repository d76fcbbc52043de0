/**
 * What to say to whoever starts the program with a Node that is too old for it; undefined where it is not. `needed` is
 * as package.json has it ('>=22.12'), `has` as Node tells it ('20.20.2').
 */
export function nodeTooOld(has: string, needed: string, path: string): string | undefined {
  const [major = 0, minor = 0] = numbersIn(has);
  const [leastMajor = 0, leastMinor = 0] = numbersIn(needed);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `pai-tui needs Node ${leastMajor}.${leastMinor} or later, and ${path} is Node ${has}.`;
}

function numbersIn(version: string): readonly number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}
