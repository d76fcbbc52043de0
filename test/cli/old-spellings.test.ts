import {expect, test} from 'vitest';
import {rewriteOldSpelling} from '../../src/cli/old-spellings.ts';

function today(line: string): string[] | undefined {
  return rewriteOldSpelling(line.split(' '))?.becomes.map((words) => words.join(' '));
}

test.each([
  ['image build -p /cfg -n hadoop-run', ['image build --config /cfg hadoop-run']],
  ['image push -p /cfg', ['image push --config /cfg']],
  ['paictl.py image build -p /cfg -n X --yes', ['image build --config /cfg --yes X']],
  ['./paictl.py image list --json', ['image list --json']],
  ['build -c /cfg', ['image build --config /cfg']],
  ['build -c /cfg -s Rest-Server WEBPORTAL', ['image build --config /cfg rest-server webportal']],
  ['build -s a -s b -c /cfg --source /tree', ['image build --config /cfg --source /tree a b']],
  ['build/pai_build.py push -c /cfg -i Base-Image x', ['image push --config /cfg base-image x']],
  ['--json build -c /cfg', ['image build --json --config /cfg']],
  ['docker_build.py -p c -n all', ['image build --config c', 'image push --config c']],
  ['paictl.py image push -p /cfg -n all', ['image push --config /cfg']],
  ['push -c /cfg -i all', ['image push --config /cfg all']],
  ['python build/pai_build.py build -c /cfg -s Webportal', ['image build --config /cfg webportal']],
  ['python3 ./paictl.py image push -p /cfg -n x', ['image push --config /cfg x']],
  ['/usr/bin/python2.7 docker_build.py -p c', ['image build --config c', 'image push --config c']],
  ['python -B -u docker_build.py -p c', ['image build --config c', 'image push --config c']],
  ['cluster generate-configuration -i q.yaml -o /cfg', ['config generate --input q.yaml --output /cfg']],
  [
    'python paictl.py cluster generate-configuration -i q.yaml -o /cfg -f --source /tree',
    ['config generate --input q.yaml --output /cfg --force --source /tree'],
  ],
  ['./paictl.py config generate -i q.yaml -o /cfg -f', ['config generate -i q.yaml -o /cfg -f']],
  ['./paictl.py cluster k8s-bootup -p /cfg', ['cluster k8s-bootup --config /cfg']],
  ['./paictl.py cluster k8s-clean -p /cfg -f', ['cluster k8s-clean --config /cfg --force']],
  ['paictl.py machine add -p /cfg -l new.yaml', ['machine add --config /cfg --node-list new.yaml']],
  ['./paictl.py machine remove -p /cfg -l old.yaml', ['machine remove --config /cfg --node-list old.yaml']],
  ['docker_build.py -p c.yaml', ['image build --config c.yaml', 'image push --config c.yaml']],
  [
    'docker_build.py -p c.yaml -n X --yes --builder classic --force',
    ['image build --config c.yaml --yes --builder classic --force X', 'image push --config c.yaml --yes X'],
  ],
])('"%s" is still understood', (line, expected) => {
  expect(today(line)).toEqual(expected);
});

test.each([
  'image build -c /cfg a',
  'image list',
  'run list',
  'image build',
  'cluster status',
  'cluster k8s-clean -c /cfg -f',
  'python3',
  'python other.py build',
])('"%s" is no old spelling', (line) => {
  expect(today(line)).toBeUndefined();
});

test('only where the tools had no other way the tree must be named or here', () => {
  expect(rewriteOldSpelling(['build', '-c', 'x'])?.treeIsHere).toBe(true);
  expect(rewriteOldSpelling(['image', 'build', '-p', 'x'])?.treeIsHere).toBe(false);
});
