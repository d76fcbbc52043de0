import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {memberMark, readMemberScript} from '../../../src/engine/cluster/etcd/member-script.ts';
import {createLocalRemote} from '../../helpers/local-remote.ts';
import {containerLines} from './recordings.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const {signal} = new AbortController();
let script: string;
let folder: string;
beforeAll(async () => {
  script = await readMemberScript(assets, 'tend.sh');
  folder = await mkdtemp(join(tmpdir(), 'pai-tend-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** With what etcdctl says of a compaction, and whether the container runs. */
async function tend(words: readonly string[], {shell = '/bin/sh', status = 'running', compact = 'exit 0'} = {}) {
  const bin = await mkdtemp(join(folder, 'bin-'));
  const lines = ['container c0', ...containerLines('etcd1', status), 'program etcd', 'argument --name=etcd1'];
  await writeFile(join(bin, 'inspected'), `${[...lines, 'last'].join('\n')}\n`);
  const docker = `#!/bin/sh
case "$1 $*" in
  'ps '*) echo c0 ;;
  'inspect '*) cat ${bin}/inspected ;;
  *compact*) echo "$*" > ${bin}/asked; ${compact} ;;
  *) echo "$*" > ${bin}/asked ;;
esac
`;
  await writeFile(join(bin, 'docker'), docker, {mode: 0o755});
  const environment = {PATH: `${bin}:${process.env['PATH'] ?? ''}`};
  const remote = createLocalRemote({shell: shell.split(' '), environment});
  let said = '';
  const stdout = (bytes: Uint8Array) => {
    said += Buffer.from(bytes).toString();
  };
  const {exit} = await remote.run({script, args: [memberMark, '600', ...words]}, {stdout}, signal);
  return {exit, said, asked: await readFile(join(bin, 'asked'), 'utf8').catch(() => '')};
}

describe.each(['dash', 'bash --norc', 'busybox sh'])('by %s', (shell) => {
  test('a member is defragmented in its own container, and given its time', async () => {
    const {exit, said, asked} = await tend(['defrag'], {shell});
    expect({exit, said}).toEqual({exit: 0, said: `${memberMark} end ended\n`});
    expect(asked).toMatch(/^exec .*-e ETCDCTL_COMMAND_TIMEOUT=600s .*c0 etcdctl defrag\n$/);
  });

  test('what was compacted already is no failure, and anything else is', async () => {
    const refused = (why: string) => `echo '${why}' >&2; exit 1`;
    const again = refused('Error: etcdserver: mvcc: required revision has been compacted');
    expect(await tend(['compact', '812'], {shell, compact: again})).toMatchObject({
      exit: 0,
      asked: expect.stringMatching(/etcdctl compact --physical=true 812\n$/),
    });
    const future = refused('Error: etcdserver: mvcc: required revision is a future revision');
    expect(await tend(['compact', '812'], {shell, compact: future})).toMatchObject({
      exit: 1,
      said: `${memberMark} failed compact\n`,
    });
  });
});

test('alarms are disarmed; another word does nothing', async () => {
  expect((await tend(['disarm'])).asked).toMatch(/etcdctl alarm disarm\n$/);
  expect(await tend(['restore'])).toEqual({exit: 1, said: `${memberMark} failed usage\n`, asked: ''});
});

test('a member whose container has ended is not tended', async () => {
  expect(await tend(['defrag'], {status: 'exited'})).toEqual({
    exit: 1,
    said: `${memberMark} failed stopped\n`,
    asked: '',
  });
});
