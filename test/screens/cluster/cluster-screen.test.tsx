import {expect, test} from 'vitest';
import type {Problem} from '../../../src/engine/problem.ts';
import {openApp} from '../open-app.tsx';
import {openCluster, readingOf} from './open-config.tsx';

const wrongAddress: Problem = {
  code: 'config-invalid',
  message: 'infra-01 and gpu-01 have the same address.',
  hint: 'Give each machine its own.',
  file: 'fixtures/config-g/layout.yaml',
  line: 23,
  key: 'machine-list.0.hostip',
};
const noticed: Problem = {code: 'config-invalid', severity: 'notice', message: 'A module nobody knows.'};

test('the summary says what the configuration is about', async () => {
  const app = await openCluster('g');
  await app.shows('era G (v0.14)');
  await app.shows('2: 1 master, 1 worker; 2 skus');
  await app.shows('http://10.0.0.1:8080, v1.9.9, etcd 3.2.17');
  await app.shows('registry.example.com:5000/openpai, tag v0.14.0, no login');
  await app.shows('✓ nothing is wrong');
});

test('without a configuration the screen says how to give one, and c says why it does nothing', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('2');
  await app.shows('No configuration was given.');
  await app.shows('pai-tui -c DIR, with PAI_CONFIG');
  await app.shows('config generate');
  app.press('c');
  await app.shows('open pai-tui with -c DIR, or set PAI_CONFIG.');
  expect(app.fake.calls.some((call) => call.startsWith('openConfig'))).toBe(false);
});

test('c shows every value with where it comes from, and Esc leads back', async () => {
  const app = await openCluster('g', {columns: 200, rows: 50});
  await app.shows('c opens');
  app.press('c');
  await app.shows('+ layout');
  app.press('enter');
  await app.shows('+ machine-list');
  app.press('j', 'j', 'j', 'right', 'right', 'right', 'right', 'j');
  await app.shows('- infra-01');
  await app.shows(/hostip +'10.0.0.1' +layout.yaml:23/);
  await app.shows(/from +layout.yaml:23, as machine-list.0.hostip/);
  app.press(']');
  await app.shows('Kubernetes · Problems');
  app.press('right', 'j', 'j', 'j');
  await app.shows(/api-servers-port +'8080' +default: as the tools have it/);
  await app.shows(/api-servers-url +'http:\/\/10.0.0.1:8080' +derived from load-balance-ip/);
  app.press('esc');
  await app.shows('c opens');
});

test('a filter finds values by key and value, never a secret by its text', async () => {
  const app = await openCluster('g');
  await app.shows('c opens');
  app.press('c');
  await app.shows('+ layout');
  app.press('/', 'teslak80');
  await app.shows('filter: teslak80 (1)');
  await app.shows(/│▸ +type/);
  app.press('ctrl-u', 'change-me');
  await app.shows('Nothing matches "change-me"');
  app.press('ctrl-u', 'password');
  await app.shows(/filter: password \([1-9]/);
  await app.shows("'••••••'");
  expect(app.text()).not.toContain("'change-me'");
  app.press('enter', 'esc');
  await app.hides('filter:');
  await app.shows('▸');
});

test('n goes through what was found, and the cursor stays on it when the filter goes', async () => {
  const app = await openCluster('g');
  await app.shows('c opens');
  app.press('c');
  await app.shows('+ layout');
  app.press('/', 'hostip', 'enter');
  await app.shows('filter: hostip (2)');
  await app.shows(/│▸ +hostip +'10.0.0.1'/);
  app.press('n');
  await app.shows(/│▸ +hostip +'10.0.0.11'/);
  app.press('esc');
  await app.hides('filter:');
  await app.shows(/│▸ +hostip +'10.0.0.11'/);
});

test('secrets are dots in the tree, in details and when everything is unfolded', async () => {
  const app = await openCluster('g', {columns: 200, rows: 100});
  await app.shows('c opens');
  app.press('c', '+');
  await app.shows('password');
  await app.stillFrame();
  expect(app.text()).toContain('••••••');
  expect(app.text()).not.toContain('change-me');
});

test('a problem leads to its value, and the value says what is wrong with it', async () => {
  const reading = {...(await readingOf('g')), problems: [wrongAddress, noticed]};
  const app = await openCluster('g', {answers: {config: reading}});
  await app.shows('✗ 1 error');
  await app.shows('? 1 notice');
  await app.shows('✗ infra-01 and gpu-01 have the same address.');
  app.press('c', '[');
  await app.shows('✗ error');
  await app.shows('layout.yaml:23');
  await app.shows('Give each machine its own.');
  app.press('j', 'enter');
  await app.shows('This is about no single value and no file.');
  app.press('k', 'enter');
  await app.shows(/│▸ +hostip +✗ '10.0.0.1'/);
  await app.shows('have the same address.');
});

test('a configuration that changed is read again: folds and cursor stay, and the difference is said', async () => {
  const reading = {...(await readingOf('g')), problems: [wrongAddress]};
  const app = await openCluster('g', {answers: {config: reading}});
  await app.shows('✗ 1 error');
  app.press('c', 'right', 'j', 'j');
  await app.shows(/│▸ +\+ kubernetes/);
  app.fake.answer({config: await readingOf('g')});
  app.fake.changeConfig();
  await app.shows('1 problem fewer: nothing is wrong now.');
  await app.shows(/│▸ +\+ kubernetes/);
  const reads = () => app.fake.calls.filter((call) => call.startsWith('openConfig')).length;
  const before = reads();
  app.press('ctrl-r');
  await app.until(() => reads() === before + 1);
});

test('files and cluster are watched only while the tab is shown', async () => {
  const app = await openCluster('g');
  await app.shows('c opens');
  const watching = app.fake.openStores();
  app.press('4');
  await app.shows('It will list the services');
  await app.until(() => app.fake.openStores() === watching - 2);
});

test('! shows the commands that say the same', async () => {
  const app = await openCluster('g', {columns: 120});
  await app.shows('c opens');
  app.press('c', ']', '!');
  await app.shows('pai-tui -s /srv/pai -c fixtures/config-g config show --view kubernetes');
  await app.shows('pai-tui -s /srv/pai -c fixtures/config-g config check');
});

test('a configuration that cannot be read says so, and where to look', async () => {
  const problem: Problem = {code: 'config-missing', message: 'The configuration /x does not exist.', hint: 'Give it.'};
  const app = await openCluster('g', {answers: {config: {problems: [problem]}}});
  await app.shows('✗ The configuration /x does not exist.');
  app.press('c');
  await app.shows('[ says what is wrong.');
  app.press('[');
  await app.shows('Give it.');
});

/** The tree with the cursor on hostip of the second machine. */
async function atHostip(options: Parameters<typeof openCluster>[1] = {}) {
  const app = await openCluster('g', options);
  await app.shows('c opens');
  app.press('c');
  await app.shows('+ layout');
  app.press('/', 'hostip', 'enter', 'n');
  await app.shows(/│▸ +hostip +'10.0.0.11'/);
  return app;
}

test('Enter on a value shows it as it is written, and writes what is typed instead', async () => {
  const app = await atHostip();
  app.press('enter');
  await app.shows("machine-list.1.hostip: '10.0.0.11'");
  await app.shows('Enter write  Esc leave as it is');
  app.press('ctrl-u', '10.0.0.12', 'enter');
  await app.shows('Written: machine-list.1.hostip is 10.0.0.12 now (line 35).');
  expect(app.fake.calls).toContain('changeValue machine-list.1.hostip 10.0.0.12');
  await app.hides('machine-list.1.hostip: ');
});

test('what is refused is said, and can be typed again; Esc leaves everything as it is', async () => {
  const change: Problem = {code: 'edit-refused', message: 'What was typed is a map.', hint: 'Put quotes around it.'};
  const app = await atHostip({answers: {change}});
  app.press('e');
  await app.shows('machine-list.1.hostip: ');
  app.press('ctrl-u', 'a: b', 'enter');
  await app.shows('What was typed is a map. Put quotes around it.');
  await app.shows('machine-list.1.hostip: a: b');
  app.press('esc');
  await app.hides('machine-list.1.hostip: a');
});

test('after a file changed under the hand it is read again, and the input is closed', async () => {
  const change: Problem = {code: 'edit-refused', message: 'layout.yaml has changed since it was read.'};
  const app = await atHostip({answers: {change}});
  const reads = () => app.fake.calls.filter((call) => call.startsWith('openConfig')).length;
  const before = reads();
  app.press('e');
  await app.shows('machine-list.1.hostip: ');
  app.press('1', 'enter');
  await app.shows('has changed since');
  await app.until(() => reads() === before + 1);
  await app.hides('machine-list.1.hostip: ');
});

test('a secret is not changed here, and that is said before anything is shown', async () => {
  const app = await openCluster('g');
  await app.shows('c opens');
  app.press('c', '/', 'password', 'enter');
  await app.shows(/│▸ +password/);
  app.press('enter');
  await app.shows('This is a secret, or holds one, and is not shown here: open its file with y.');
});

test('a value of no file says why it cannot be changed', async () => {
  const app = await openCluster('g');
  await app.shows('c opens');
  app.press('c', ']', '/', 'api-servers-url', 'enter');
  await app.shows(/│▸ +api-servers-url/);
  app.press('e');
  await app.shows('This follows from load-balance-ip, scheme and port: change that.');
});

test('read-only: neither a value nor a file is changed, and that is said', async () => {
  const app = await atHostip({settings: {readOnly: true}});
  for (const key of ['e', 'enter', 'y']) {
    app.press(key);
    await app.shows('This is read-only: open pai-tui without --readonly to change files.');
    app.press('esc', '/', 'hostip', 'enter', 'n');
    await app.shows(/│▸ +hostip +'10.0.0.11'/);
  }
  expect(app.fake.calls.filter((call) => /^(changeValue|openEditor)/.test(call))).toEqual([]);
});

test('y gives the terminal to the editor at the line, and what the check says then is said', async () => {
  const app = await atHostip({answers: {editor: 'pending'}});
  app.press('y');
  await app.until(() => app.fake.calls.some((call) => /^openEditor .*layout.yaml:35$/.test(call)));
  await app.until(() => app.kind() === 'normal');
  await app.close();
});

test('an editor that fails is said beside what changed', async () => {
  const editor: Problem = {code: 'editor-failed', message: 'vim ended with exit code 1.', hint: 'Saved is saved.'};
  const app = await atHostip({answers: {editor}});
  app.fake.answer({config: {...(await readingOf('g')), problems: [wrongAddress]}});
  app.press('y');
  await app.shows(/vim ended with exit code 1. Saved is saved.\s+1 problem more: 1 error now./);
  expect(app.kind()).toBe('alternate');
});

test('an editor that changed nothing brings back the same screen', async () => {
  const app = await atHostip();
  app.press('y');
  await app.shows('Checked again: the problems are the same.');
});

test('Enter on a problem of no value opens its file at the line', async () => {
  const nowhere: Problem = {...wrongAddress, key: 'no-such-key', line: 1};
  const app = await openCluster('g', {answers: {config: {...(await readingOf('g')), problems: [nowhere]}}});
  await app.shows('✗ 1 error');
  app.press('c', '[', 'enter');
  await app.until(() => app.fake.calls.some((call) => call.endsWith('layout.yaml:1')));
});
