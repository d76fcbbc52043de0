import {expect, test} from 'vitest';
import {commandOf, queryCommand, runCommands} from '../../src/screens/command-line.ts';

const build = {
  operation: 'image build',
  source: '/srv/pai',
  names: ['base-image', 'webportal'],
  force: false,
  noCache: false,
  builder: 'auto',
} as const;

test('an action is shown as the command that does the same', () => {
  expect(commandOf(build)).toBe('pai-tui -s /srv/pai image build base-image webportal');
  expect(commandOf({...build, names: [], force: true, noCache: true, parallel: 2, config: '/etc/pai'})).toBe(
    'pai-tui -s /srv/pai -c /etc/pai image build --force --no-cache --parallel 2',
  );
  expect(commandOf({operation: 'image push', source: '/srv/pai', names: ['webportal']})).toBe(
    'pai-tui -s /srv/pai image push webportal',
  );
});

test('words a shell would break are quoted', () => {
  expect(queryCommand("/srv/it's here", undefined, ['image', 'status'])).toBe(
    `pai-tui -s '/srv/it'\\''s here' image status`,
  );
});

test('of a run the commands are shown that can be given now', () => {
  const verbs = (status: 'running' | 'interrupted' | 'failed') =>
    runCommands('20261120-201905-image-build', status).map(([, command]) => command.replace(/ 2026.*/, ' ID'));
  expect(verbs('running')).toEqual([
    'pai-tui run attach ID',
    'pai-tui run show ID',
    'pai-tui run cancel ID',
    'pai-tui run export ID',
  ]);
  expect(verbs('interrupted')[2]).toBe('pai-tui run resume ID');
  expect(verbs('failed')[2]).toBe('pai-tui run repeat ID');
});
