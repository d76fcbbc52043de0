import {expect, test} from 'vitest';
import {attachCommand, commandOf, queryCommand, runCommands} from '../../src/screens/command-line.ts';

const build = {
  operation: 'image build',
  source: '/srv/pai',
  names: ['base-image', 'webportal'],
  force: false,
  noCache: false,
  builder: 'auto',
} as const;

test('an action is shown as the command that does the same', () => {
  expect(commandOf(build, undefined)).toBe('pai-tui -s /srv/pai image build base-image webportal');
  expect(
    commandOf({...build, names: [], force: true, noCache: true, parallel: 2, config: '/etc/pai'}, '/var/pai runs'),
  ).toBe("pai-tui -s /srv/pai -c /etc/pai --state '/var/pai runs' image build --force --no-cache --parallel 2");
  expect(commandOf({operation: 'image push', source: '/srv/pai', names: ['webportal']}, undefined)).toBe(
    'pai-tui -s /srv/pai image push webportal',
  );
});

test('whose scripts are run is said where they are not those of pai-tui', () => {
  const clean = {operation: 'cluster k8s-clean', config: '/etc/pai', source: '/srv/pai', force: true} as const;
  const where = 'pai-tui -s /srv/pai -c /etc/pai';
  expect(commandOf(clean, undefined)).toBe(`${where} cluster k8s-clean --force`);
  expect(commandOf({...clean, packageSet: 'tree'}, undefined)).toBe(
    `${where} cluster k8s-clean --force --package-set tree`,
  );
});

test('words a shell would break are quoted', () => {
  expect(queryCommand({source: "/srv/it's here"}, ['image', 'status'])).toBe(
    `pai-tui -s '/srv/it'\\''s here' image status`,
  );
});

test('of a run the commands are shown that can be given now', () => {
  const verbs = (status: 'running' | 'interrupted' | 'failed') =>
    runCommands('20261120-201905-image-build', status, undefined).map(([, command]) =>
      command.replace(/ 2026.*/, ' ID'),
    );
  expect(verbs('running')).toEqual([
    'pai-tui run attach ID',
    'pai-tui run show ID',
    'pai-tui run cancel ID',
    'pai-tui run export ID',
  ]);
  expect(verbs('interrupted')[2]).toBe('pai-tui run resume ID');
  expect(verbs('failed')[2]).toBe('pai-tui run repeat ID');
});

test('a state folder that was given stands in every command', () => {
  const where = {source: '/srv/pai', state: '/var/runs'};
  expect(queryCommand(where, ['image', 'status'])).toBe('pai-tui -s /srv/pai --state /var/runs image status');
  expect(attachCommand('2026', '/var/runs')).toBe('pai-tui --state /var/runs run attach 2026');
  for (const [, command] of runCommands('2026', 'running', '/var/runs'))
    expect(command).toContain(' --state /var/runs ');
});
