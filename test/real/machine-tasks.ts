import {sha256Of} from '../../src/engine/package/checksums.ts';
import type {Package} from '../../src/engine/package/types.ts';
import {runStep, withPackage} from '../../src/engine/plan/on-machine.ts';
import {packageArgument, packageEffects, scriptEffect} from '../../src/engine/plan/script-effect.ts';
import type {Operation, RunRequest, Task} from '../../src/engine/plan/types.ts';

/** Copies a file of a package to machines, and may wait there until it is let go. */
export interface NotesRequest extends RunRequest {
  readonly operation: 'leave notes';
  readonly config: string;
  readonly machines: readonly string[];
  /** Wait on the machine until /var/tmp/go is there. */
  readonly wait?: boolean;
  readonly critical?: boolean;
  /** Runs a script that the plan does not list. */
  readonly stray?: boolean;
  /** How the script ends. */
  readonly exit?: number;
  /** Holds the lock of the cluster on these. */
  readonly masters?: readonly string[];
}

const job = 'notes';
const install = 'install.sh';
const text = 'set -eu\ncp "$(dirname "$0")/note" /etc/pai-note\necho "installed as $(id -un)"\n';

/** $1: the folder of the package, $2: wait, $3: exit code. */
const script = `set -eu
sh "$1/${install}"
echo "$$" > /var/tmp/at-work
if [ "$2" = wait ]; then until [ -e /var/tmp/go ]; do sleep 0.05; done; fi
rm -f /var/tmp/at-work
echo "see $3" >&2
exit "$3"
`;

export const leaveNotes: Operation<NotesRequest, null> = {
  name: 'leave notes',
  locks: () => [{scope: 'machines', of: 'notes'}],
  clusterLock: ({masters}) => masters && {masters},
  readFacts: async () => null,
  plan: (request) => ({
    operation: 'leave notes',
    title: 'Leave notes on machines',
    notices: [],
    tasks: request.machines.map((machine) => noteOn(machine, request)),
  }),
};

function noteOn(on: string, {wait, critical, stray, exit = 0}: NotesRequest): Task<string> {
  const args = [packageArgument(job), wait ? 'wait' : 'go', String(exit)];
  return {
    id: `${on}/note`,
    title: `Leave a note on ${on}`,
    on,
    needs: [],
    touches: 'a machine',
    does: [
      ...packageEffects(on, job),
      scriptEffect(on, {name: install, script, args, sudo: true}),
      {kind: 'machine file', on, path: '/etc/pai-note'},
    ],
    expected: 'change',
    why: ['it is not there'],
    ...(critical ? {critical: true as const} : {}),
    async run(context) {
      const pack = packageFor(on);
      const said = await withPackage(on, pack, context, async (folder) => {
        const step = {name: install, script: stray ? `${script}#` : script, sudo: true, deadlineMs: 60_000};
        return runStep(on, {...step, args: [folder, ...args.slice(1)]}, context);
      });
      return {changed: true, result: said.trim()};
    },
  };
}

function packageFor(machine: string): Package {
  const files = [
    ['note', `a note for ${machine}\n`],
    [install, text],
  ].map(([path = '', content = '']) => ({
    path,
    mode: 0o644,
    size: content.length,
    digest: sha256Of(content),
    read: async () => Buffer.from(content),
  }));
  return {machine, job, files, digest: sha256Of(files.map(({digest}) => digest).join())};
}
