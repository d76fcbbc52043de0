import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readExternalStorage} from '../../src/engine/config/external-storage.ts';
import {makeTree} from '../catalog/trees.ts';
import {said} from './configs.ts';

async function read(text: string) {
  const folder = await makeTree({'storage.yaml': text});
  const {storage, problems} = await readExternalStorage(join(folder, 'storage.yaml'));
  return storage ?? said(problems).map((line) => line.replace('config-invalid | storage.yaml:', ''));
}

test('a folder, and a folder in a repository', async () => {
  expect(await read('type: local\npath: /srv/cluster\n')).toEqual({type: 'local', path: '/srv/cluster'});
  expect(await read('{type: git, url: "https://git.example.com/c.git", branch: main, path: prod}\n')).toEqual({
    type: 'git',
    url: 'https://git.example.com/c.git',
    branch: 'main',
    path: 'prod',
  });
});

test.each([
  [''],
  ['type: s3\npath: /x\n'],
  ['type: local\npath: cluster\n'],
  ['type: git\nurl: u\npath: ../../etc\n'],
  ['type: git\nuri: u\nbranch: b\npath: p\n'],
])('%j is told with what to write', async (text) => {
  expect(await read(text)).toMatchSnapshot();
});

test('a password in a URL is a warning', async () => {
  const folder = await makeTree({
    'storage.yaml': 'type: git\nurl: https://u:hunter22@git.example.com/c\nbranch: b\npath: p\n',
  });
  const {problems} = await readExternalStorage(join(folder, 'storage.yaml'));
  expect(problems).toMatchObject([{severity: 'warning', key: 'url', line: 2}]);
  expect(JSON.stringify(problems)).not.toContain('hunter22');
});
