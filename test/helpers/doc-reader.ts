import {spawn} from 'node:child_process';
import {chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {builtProgram} from './built-program.ts';

/** Somebody at a computer with `pai-tui`, the sample tree in ~/pai and a configuration in ~/cluster. */
export interface DocReader {
  readonly home: string;
  /** Types the lines into a shell that ends at the first failure. */
  types(lines: string): Promise<{readonly code: number | null; readonly said: string}>;
  leave(): Promise<void>;
}

/** `registry`: what the configuration calls the registry. */
export async function docReader(
  environment: Readonly<Record<string, string>>,
  registry = 'registry.example.com:5000',
): Promise<DocReader> {
  const main = await builtProgram();
  const home = await mkdtemp(join(tmpdir(), 'pai-docs-'));
  const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
  await cp(fixture('sample'), join(home, 'pai'), {recursive: true});
  await cp(fixture('config-sample'), join(home, 'cluster'), {recursive: true});
  const config = join(home, 'cluster/services-configuration.yaml');
  await writeFile(config, (await readFile(config, 'utf8')).replace('registry.example.com:5000', registry));
  await mkdir(join(home, 'bin'));
  await writeFile(join(home, 'bin/pai-tui'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(join(home, 'bin/pai-tui'), 0o755);
  return {
    home,
    types(lines) {
      const child = spawn('/bin/sh', ['-eu'], {
        cwd: home,
        env: {PATH: `${home}/bin:${process.env['PATH']}`, HOME: home, LANG: 'C.UTF-8', TZ: 'UTC', ...environment},
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let said = '';
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.stdin.end(lines);
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => resolve({code, said}));
      });
    },
    leave: () => rm(home, {recursive: true, force: true, maxRetries: 5}),
  };
}
