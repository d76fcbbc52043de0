import {Readable} from 'node:stream';
import {pack} from 'tar-stream';
import type {BuildRequest} from '../../src/engine/tools.ts';

/** A build context of these files, packed anew for each attempt. */
export function contextOf(files: Readonly<Record<string, string | Buffer>>): () => Readable {
  return () => {
    const tar = pack();
    for (const [name, content] of Object.entries(files)) tar.entry({name}, content);
    tar.finalize();
    return Readable.from(tar);
  };
}

/** A build of one Dockerfile beside a small file. */
export function buildOf(dockerfile: string, more: Partial<BuildRequest> = {}): BuildRequest {
  return {
    context: contextOf({Dockerfile: dockerfile, 'app.txt': 'hello\n'}),
    dockerfile: 'Dockerfile',
    tag: 'tests/app:latest',
    builder: 'classic',
    ...more,
  };
}

/** Collects what a build or push says. */
export function watcher(): {
  readonly output: (bytes: Uint8Array) => void;
  readonly progress: (done: number, total?: number) => void;
  readonly text: () => string;
  readonly steps: readonly (readonly [number, number | undefined])[];
} {
  const chunks: Buffer[] = [];
  const steps: (readonly [number, number | undefined])[] = [];
  return {
    output: (bytes) => chunks.push(Buffer.from(bytes)),
    progress: (done, total) => steps.push([done, total]),
    text: () => Buffer.concat(chunks).toString('utf8'),
    steps,
  };
}

/** A signal nobody aborts. */
export const never: AbortSignal = new AbortController().signal;
