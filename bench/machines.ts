import {execFile, execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {atMost, type Figure, median, milliseconds, seconds, times} from './measure.ts';
import {missingForSshd, startOneSshd} from './one-sshd.ts';
import type {ClientFigures, ClientKind, ClientWork} from './ssh-client.ts';

const machines = 40;
const rounds = 5;
const packageBytes = 200_000;

/**
 * 40 addresses behind one sshd, each sent a package and asked to run three scripts of it: against a loop over ssh2
 * that does the same and nothing else. This sshd turns nobody away, because the loop would not try again.
 */
export async function measureMachines(): Promise<readonly Figure[]> {
  const missing = missingForSshd();
  if (missing) return [{what: 'not measured', value: missing}];
  const sshd = await startOneSshd('200');
  const stock = await startOneSshd('10:30:100');
  const folder = mkdtempSync(join(tmpdir(), 'pai-bench-'));
  try {
    const at = (port: number, {keyFile, hostKey}: typeof sshd): ClientWork => ({
      port,
      user: userInfo().username,
      keyFile,
      blob: hostKey.blob,
      addresses: Array.from({length: machines}, (_, index) => `127.0.1.${index + 1}`),
      tar: makePackage(folder),
      folder: join(folder, 'machines'),
    });
    const client = async (kind: ClientKind, work: ClientWork) => {
      const program = fileURLToPath(new URL('ssh-client.ts', import.meta.url));
      const {stdout} = await promisify(execFile)(process.execPath, [program, kind, JSON.stringify(work)]);
      return JSON.parse(stdout) as ClientFigures;
    };
    const figures: {readonly [kind in ClientKind | 'stock']: ClientFigures[]} = {
      bare: [],
      repeatable: [],
      kept: [],
      stock: [],
    };
    for (let round = 0; round < rounds; round++) {
      figures.bare.push(await client('bare', at(sshd.port, sshd)));
      figures.repeatable.push(await client('repeatable', at(sshd.port, sshd)));
      figures.kept.push(await client('kept', at(sshd.port, sshd)));
      figures.stock.push(await client('repeatable', at(stock.port, stock)));
    }
    const ms = (kind: keyof typeof figures) => median(figures[kind].map((figure) => figure.ms));
    const processor = (kind: keyof typeof figures) =>
      median(figures[kind].map(({processorMs}) => processorMs)) / machines;
    return [
      {what: `${machines} machines by a loop over ssh2`, value: seconds(ms('bare'))},
      {what: 'processor time of the loop for each machine', value: milliseconds(processor('bare'))},
      {what: `${machines} machines by pai-tui`, value: seconds(ms('repeatable'))},
      atMost('pai-tui ÷ the loop', ms('repeatable') / ms('bare'), 1.5, times),
      atMost('processor time of pai-tui for each machine', processor('repeatable'), 15, milliseconds),
      {what: 'the same with scripts that outlive a lost connection', value: times(ms('kept') / ms('bare'))},
      {what: `${machines} machines behind a stock sshd, none dropped`, value: seconds(ms('stock'))},
    ];
  } finally {
    await Promise.all([sshd.stop(), stock.stop()]);
    rmSync(folder, {recursive: true, force: true});
  }
}

function makePackage(folder: string): string {
  mkdirSync(join(folder, 'package'), {recursive: true});
  writeFileSync(join(folder, 'package', 'data'), randomBytes(packageBytes));
  for (const name of ['one', 'two', 'three'])
    writeFileSync(join(folder, 'package', `${name}.sh`), 'test -s data && echo done\n');
  const tar = join(folder, 'package.tar');
  execFileSync('tar', ['-cf', tar, '-C', folder, 'package']);
  return tar;
}
