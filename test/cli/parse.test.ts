import {expect, test} from 'vitest';
import {type Command, commands} from '../../src/cli/commands.ts';
import {type Flag, flags} from '../../src/cli/flags.ts';
import {parse} from '../../src/cli/parse.ts';
import {ProblemError} from '../../src/engine/index.ts';

/** The one command of an argument list, as text and options. */
function read(line: string) {
  const asked = parse(line.split(' '));
  if (asked.kind !== 'commands') throw new Error(`not a command but ${asked.kind}`);
  return asked.invocations.map(({command, names, options}) => ({name: command.name, names, options}));
}

function misuse(line: string): {message: string; hint?: string | undefined} {
  try {
    parse(line === '' ? [] : line.split(' '));
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'usage') {
      return {message: error.problem.message, hint: error.problem.hint};
    }
    throw error;
  }
  throw new Error(`"${line}" was taken`);
}

test('flags may stand before, between and after the words, long, short and with =', () => {
  const expected = [{name: 'image build', names: ['a', 'b'], options: {source: '/t', parallel: '3', json: true}}];
  expect(read('-s /t image build a b --parallel 3 --json')).toEqual(expected);
  expect(read('--json image --source=/t build --parallel=3 a b')).toEqual(expected);
  expect(read('image build a --json b -s/t --parallel 3')).toEqual(expected);
});

/** A command with the words it cannot do without. */
function wordsOf({name, argument, rest}: Command): readonly string[] {
  const word = argument && (typeof argument.of === 'string' ? 'x' : (argument.of[0] ?? ''));
  return [...name.split(' '), ...(word === undefined ? [] : [word]), ...(rest?.needed ? ['--', 'true'] : [])];
}

test('every command of the table is understood with each of its flags', () => {
  for (const command of commands) {
    for (const name of command.flags) {
      const {value, choices}: Flag = flags[name];
      const typed = value === undefined ? [] : [choices?.[0] ?? '1'];
      expect(read([`--${name}`, ...typed, ...wordsOf(command)].join(' '))[0]).toMatchObject({
        name: command.name,
        options: {[name]: typed[0] ?? true},
      });
    }
  }
});

test('words behind -- are for the machines, whatever they look like', () => {
  expect(parse(['machine', 'run', 'a', '--sudo', '--', 'ls', '--json', '-f', '--', 'x'])).toMatchObject({
    invocations: [{names: ['a'], rest: ['ls', '--json', '-f', '--', 'x'], options: {sudo: true}}],
  });
  expect(parse(['machine', 'shell', 'a'])).toMatchObject({invocations: [{names: ['a'], rest: []}]});
  // Where no command follows, -- only ends the flags.
  expect(parse(['image', 'build', '--', '-odd'])).toMatchObject({invocations: [{names: ['-odd'], rest: []}]});
});

test('a short flag means what its command has by it', () => {
  expect(read('machine logs a -f -n 5')[0]?.options).toEqual({follow: true, lines: '5'});
  expect(read('image build a -f')[0]?.options).toEqual({force: true});
  expect(misuse('machine logs a --force').message).toBe('machine logs takes no --force.');
  expect(misuse('machine list -f').message).toBe('machine list takes no --force.');
});

test('no words at all open the app, which takes only its own flags', () => {
  expect(parse([])).toEqual({kind: 'app', options: {}});
  expect(parse(['-c', '/c', '--readonly'])).toEqual({kind: 'app', options: {config: '/c', readonly: true}});
  expect(misuse('--force').message).toBe(
    '--force belongs to a command (image build, config generate, cluster k8s-clean, machine remove).',
  );
});

test('help is found about everything, a noun and a command', () => {
  expect(parse(['--help'])).toEqual({kind: 'help', about: ''});
  expect(parse(['help'])).toEqual({kind: 'help', about: ''});
  expect(parse(['image', '-h'])).toEqual({kind: 'help', about: 'image'});
  expect(parse(['help', 'image', 'build'])).toEqual({kind: 'help', about: 'image build'});
  expect(parse(['image', 'build', '--help', 'x'])).toEqual({kind: 'help', about: 'image build'});
  expect(parse(['docker_build.py', '-p', 'x', '--help'])).toEqual({kind: 'help', about: 'image build'});
  expect(parse(['--version'])).toEqual({kind: 'version'});
});

test.each(commands.filter(({name}) => name !== 'completion'))(
  '$name understands --readonly and --state, which may stand in an alias',
  (command) => {
    expect(parse(['--readonly', '--state', '/srv', ...wordsOf(command)])).toMatchObject({
      invocations: [{options: {readonly: true, state: '/srv'}}],
    });
  },
);

const thisVersion = 'This version has: image, config, template, cluster, machine, run, info, completion.';

test.each([
  ['imgae list', 'There is no command "imgae".', 'Did you mean image?'],
  ['image bild', 'There is no command "image bild".', 'Did you mean build?'],
  ['image xyzzy', 'There is no command "image xyzzy".', 'image has: list, status, graph, build, push.'],
  ['image', 'Say what to do with image: list, status, graph, build, push.', 'Try: pai-tui image --help'],
  ['image build --forec', 'There is no flag --forec.', 'Did you mean --force?'],
  ['image build --parallel', '--parallel needs a value: --parallel N.', undefined],
  ['image build --parallel --json', '--parallel needs a value: --parallel N.', undefined],
  ['image build --builder kaniko', '--builder is one of auto, classic, buildkit, not "kaniko".', undefined],
  ['image list --json=yes', '--json takes no value.', undefined],
  [
    'image list --force',
    'image list takes no --force.',
    'It takes: --source --config --readonly --state --json --no-color.',
  ],
  [
    'image build --cluster prod',
    '--cluster is not part of this version of pai-tui yet: a configuration is named by its folder, with -c DIR.',
    'Leave it out.',
  ],
  ['image list base-image', 'image list takes no names, but got "base-image".', undefined],
  ['run show', 'run show needs one ID.', 'See the ids with: pai-tui run list. The word last stands for the newest.'],
  [
    'run show a b',
    'run show needs one ID, but got 2.',
    'See the ids with: pai-tui run list. The word last stands for the newest.',
  ],
  ['completion zhs', 'completion knows bash, zsh, fish, not "zhs".', 'Did you mean zsh?'],
  ['service list', '"service" is not part of this version of pai-tui yet.', thisVersion],
  // What JavaScript knows of every object is no word of ours.
  [
    'constructor',
    'There is no command "constructor".',
    'Commands begin with: image, config, template, cluster, machine, run, info, completion.',
  ],
  [
    'help toString',
    'There is no command "toString".',
    'Commands begin with: image, config, template, cluster, machine, run, info, completion.',
  ],
  ['image list --constructor', 'There is no flag --constructor.', 'Try: pai-tui --help'],
  ['--hasOwnProperty', 'There is no flag --hasOwnProperty.', 'Try: pai-tui --help'],
  // A word that is no command yet says more than the flags behind it.
  ['service start -p /cfg -n x', '"service" is not part of this version of pai-tui yet.', thisVersion],
  ['machine repair', '"machine repair" is not part of this version of pai-tui yet.', thisVersion],
  ['machine repair -p /cfg -l list', '"machine repair" is not part of this version of pai-tui yet.', thisVersion],
  ['paictl.py service stop -p /cfg', '"service" is not part of this version of pai-tui yet.', thisVersion],
  ['imgae list -p', 'There is no command "imgae".', 'Did you mean image?'],
  ['image list -p x', 'There is no flag -p.', 'Try: pai-tui --help'],
  [
    'python -u ./deploy.py -p /cfg -d -s x',
    'deploy.py, which acts on services, is not part of this version of pai-tui yet.',
    thisVersion,
  ],
  [
    'k8sClusterManagement.py -a repair -p /cfg -f list',
    'k8sClusterManagement.py, which acts on clusters and machines, is not part of this version of pai-tui yet.',
    thisVersion,
  ],
  [
    '-a deploy -p /cfg',
    '-a, for what k8sClusterManagement.py did to clusters and machines, is not part of this version of pai-tui yet.',
    thisVersion,
  ],
  ['paictl.py', 'Say what to do: build or push.', 'Try: pai-tui image --help'],
  ['pai_build.py -c /cfg', 'Say what to do: build or push.', 'Try: pai-tui image --help'],
  ['pai_build.py bild -c /cfg', 'pai_build.py builds and pushes, and has no "bild".', 'Did you mean build?'],
  // Without the name that was announced, everything would be built.
  ['build -c /cfg -s', '-s needs a value.', undefined],
  ['build -c /cfg -s --yes', '-s needs a value.', undefined],
  ['push -c /cfg -i', '-i needs a value.', undefined],
  ['docker_build.py -p /cfg -n', '-n needs a value.', undefined],
  ['image build -n -p /cfg', '-n needs a value.', undefined],
])('"%s" is refused with a sentence and the nearest word', (line, message, hint) => {
  expect(misuse(line)).toEqual({message, hint});
});
