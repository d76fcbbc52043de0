import {expect, test} from 'vitest';
import {commandOf, queryCommand, runCommand} from '../../src/screens/command-line.ts';

const build = {
  operation: 'image build',
  source: '/srv/pai',
  names: ['base-image', 'webportal'],
  force: false,
  noCache: false,
  checkBases: true,
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
  expect(runCommand('resume', '20261120-201905-image-build')).toBe('pai-tui run resume 20261120-201905-image-build');
});
