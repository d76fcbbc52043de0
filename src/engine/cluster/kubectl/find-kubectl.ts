/** Which kubectl are on this computer, and whether they run. Changes nothing. */

import type {Tools} from '../../tools.ts';
import type {FoundKubectl, KubectlFacts} from './judge-kubectl.ts';

/** A program on a slow network drive still answers within this. */
const patienceMs = 20_000;
const mostBytes = 64 * 1024;

/**
 * One look for all of it. $1 is the folder that was asked for; the lines begin with a word that says what they are. The
 * program that is found by PATH is asked by its whole name: so it is that one that answers.
 */
const script = `printf 'path :%s:\\n' "$PATH"
if [ -d "$1" ]; then echo 'folder there'; fi
ask() {
  printf 'found %s %s\\n' "$1" "$2"
  "$2" version --client --output=json </dev/null 2>/dev/null | tr -d '\\n'
  echo
}
found=$(command -v kubectl) && [ -x "$found" ] && ask onPath "$found"
[ -x "$1/kubectl" ] && [ ! -d "$1/kubectl" ] && ask inPrograms "$1/kubectl"
exit 0
`;

/** What runs when a kubectl is asked which it is. */
export function versionQuestion(kubectl: string): readonly [string, ...string[]] {
  return [kubectl, 'version', '--client', '--output=json'];
}

export async function findKubectl(
  programs: string,
  {terminal}: Pick<Tools, 'terminal'>,
  signal: AbortSignal,
): Promise<KubectlFacts> {
  const said = await ask(terminal, ['/bin/sh', '-c', script, 'sh', programs], signal);
  const lines = said.split(/\r?\n/);
  const path = lines.find((line) => line.startsWith('path ')) ?? '';
  const found = (where: string): FoundKubectl | undefined => {
    const at = lines.findIndex((line) => line.startsWith(`found ${where} `));
    if (at < 0) return undefined;
    const version = versionIn(lines[at + 1] ?? '');
    return {
      path: (lines[at] ?? '').slice(`found ${where} `.length),
      ...(version === undefined ? {} : {version}),
    };
  };
  const [onPath, inPrograms] = [found('onPath'), found('inPrograms')];
  return {
    ...(onPath ? {onPath} : {}),
    ...(inPrograms ? {inPrograms} : {}),
    isFolderThere: lines.includes('folder there'),
    isOnPath: path.includes(`:${programs}:`) || path.includes(`:${programs}/:`),
    platform: process.platform,
    arch: process.arch,
  };
}

/** The version a kubectl says that it is; undefined where it does not run or says none. */
export async function askVersion(
  kubectl: string,
  {terminal}: Pick<Tools, 'terminal'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  return versionIn(await ask(terminal, versionQuestion(kubectl), signal));
}

/** All that it printed, at most so much; nothing where it is not there. */
async function ask(
  terminal: Tools['terminal'],
  argv: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<string> {
  let said = '';
  const output = (bytes: Uint8Array) => {
    if (said.length < mostBytes) said += Buffer.from(bytes).toString('utf8');
  };
  const late = AbortSignal.timeout(patienceMs);
  try {
    await terminal.run({argv, cwd: '/'}, {output}, AbortSignal.any([signal, late]));
  } catch (error) {
    signal.throwIfAborted();
    // One that hangs or cannot be started has no version.
    if (!late.aborted && !(error instanceof Error && error.name === 'ProblemError')) throw error;
  }
  return said;
}

function versionIn(text: string): string | undefined {
  return /"gitVersion":\s*"(v\d+\.\d+\.\d+[\w.+-]*)"/.exec(text)?.[1];
}
