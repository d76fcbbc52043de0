/** kubectl out of the image that the kubelets of a cluster run from, over SSH: what is on the masters needs no download. */

import {endText} from '../../machine-answer.ts';
import type {MachineAccess, RemoteCommand} from '../../machine-tools.ts';
import {displayText} from '../../names.ts';
import {type Problem, ProblemError, problemOf} from '../../problem.ts';
import type {FileDraft} from '../../tools.ts';
import {elfHeaderBytes, whyNoProgram} from './elf.ts';

/** The container that the program is copied out of; it never runs. */
export const kubectlContainer = 'pai-tui-kubectl-$RUN';

/**
 * $1: the image; $2: the name of the container, which goes again however this ends. Prints the program and nothing else.
 * A pipe ends as its last command does, so that `docker cp` failed is told on a way of its own. Exit 3: the image is not
 * there; 4: no kubectl is in it; 5: it came only in part.
 */
export const fetchKubectlScript = `set -eu
image=$1
name=$2
# Without it, it would be pulled.
docker image inspect "$image" >/dev/null 2>&1 || { echo "The image $image is not there." >&2; exit 3; }
remove() { docker rm -f "$name" >/dev/null 2>&1 || true; }
trap remove EXIT
trap 'exit 143' HUP INT TERM
remove
docker create --name "$name" --entrypoint /kubectl "$image" >/dev/null
exec 3>&1
for path in /usr/local/bin/kubectl /usr/bin/kubectl /kubectl; do
  begins=$(docker cp -L "$name:$path" - 2>/dev/null | head -c 1 | wc -c)
  [ "$begins" -eq 1 ] || continue
  failed=$({ { docker cp -L "$name:$path" - || echo yes >&4; } | tar -xOf - >&3 || echo yes >&4; } 4>&1)
  [ -z "$failed" ] || exit 5
  exit 0
done
echo "There is no kubectl in $image." >&2
exit 4
`;

/** A kubectl has some 50 MB; nothing that is many times as large is one. */
const mostBytes = 512 * 1024 * 1024;
const deadlineMs = 15 * 60_000;
const silenceMs = 60_000;
const lastBytes = 2000;

export interface KubectlSource {
  readonly image: string;
  /** The id of the run. */
  readonly run: string;
  /** Asked in this order, until one has given it. */
  readonly masters: readonly string[];
  /** What programs here must be made for, as Node calls it. */
  readonly arch: string;
}

export interface FetchWatch {
  progress(bytes: number): void;
  /** Why one master did not give it, before the next is asked. */
  refused(problem: Problem): void;
}

/**
 * Writes the program into a draft that `begin` makes, one for each master that is asked; the one that is whole is
 * returned, all others are discarded. Throws why the last master did not give it; `machine-unreachable` without masters.
 */
export async function fetchKubectl(
  source: KubectlSource,
  machines: MachineAccess,
  begin: () => Promise<FileDraft>,
  watch: FetchWatch,
  signal: AbortSignal,
): Promise<{readonly draft: FileDraft; readonly master: string; readonly bytes: number}> {
  let last: unknown = new ProblemError({
    code: 'machine-unreachable',
    message: 'kubectl comes from a master, and none of them can be asked.',
    hint: 'See why with: pai-tui machine list @masters',
  });
  for (const master of source.masters) {
    const draft = await begin();
    try {
      const bytes = await fetchFrom(master, source, machines, draft, watch, signal);
      return {draft, master, bytes};
    } catch (error) {
      await draft.discard();
      signal.throwIfAborted();
      last = error;
      watch.refused(problemOf(error));
    }
  }
  throw last;
}

async function fetchFrom(
  master: string,
  {image, run, arch}: KubectlSource,
  machines: MachineAccess,
  draft: FileDraft,
  {progress}: FetchWatch,
  signal: AbortSignal,
): Promise<number> {
  const enough = new AbortController();
  let header = Buffer.alloc(0);
  let bytes = 0;
  let said = '';
  const end = (why: string) => {
    if (!enough.signal.aborted) enough.abort(noKubectl(master, image, why));
  };
  const stdout = (piece: Uint8Array) => {
    if (enough.signal.aborted) return;
    bytes += piece.length;
    if (header.length < elfHeaderBytes) {
      header = Buffer.concat([header, piece]).subarray(0, elfHeaderBytes);
      const why = header.length < elfHeaderBytes ? undefined : whyNoProgram(header, arch);
      if (why !== undefined) end(why);
    }
    if (bytes > mostBytes) end('is larger than any kubectl');
    draft.add(piece);
    progress(bytes);
  };
  const stderr = (piece: Uint8Array) => {
    said = (said + Buffer.from(piece).toString('utf8')).slice(-lastBytes);
  };
  const command: RemoteCommand = {
    script: fetchKubectlScript,
    args: [image, kubectlContainer.replace('$RUN', run)],
    ...{sudo: true, repeatable: true, deadlineMs, silenceMs},
  };
  const either = AbortSignal.any([signal, enough.signal]);
  const ended = await machines.use(master, (remote) => remote.run(command, {stdout, stderr}, either), either);
  if (ended.exit !== 0) {
    const detail = said.split(/\r?\n/).map(displayText).join('\n').trim();
    throw new ProblemError({
      code: 'script-failed',
      message: `Copying kubectl out of ${displayText(image)} on ${master} ${endText(ended)}.`,
      hint: 'See whether the image is there (docker images) and has a kubectl, or put one on this computer by hand.',
      ...(detail === '' ? {} : {detail}),
      machine: master,
      ...(ended.exit === undefined ? {} : {exitCode: ended.exit}),
    });
  }
  const why = whyNoProgram(header, arch);
  if (why !== undefined) throw noKubectl(master, image, why);
  await draft.finish();
  return bytes;
}

function noKubectl(master: string, image: string, why: string): ProblemError {
  return new ProblemError({
    code: 'package-corrupt',
    message: `What ${master} gave as the kubectl of ${displayText(image)} ${why}.`,
    hint: 'Put a kubectl for this computer into PATH by hand: one that fits is kept.',
    machine: master,
  });
}
