import {chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, inject, test} from 'vitest';
import {type AppWorld, appWorld} from '../helpers/app-world.ts';

const engine = inject('realEngine');

describe.skipIf(!engine)('pushing with the built program', () => {
  let world: AppWorld;
  let config: string;
  beforeEach(async () => {
    world = await appWorld({socket: engine?.socket});
    config = join(world.folder, 'config');
    mkdirSync(config);
    configure(String(engine?.registry));
    const build = await world.run('image', 'build', 'pylon', 'job-exporter', '-s', world.tree, '-c', config, '--yes');
    expect(build).toMatchObject({code: 0, stderr: ''});
  });
  afterEach(() => world.close());

  test('to a registry for anyone: on screen and headless, verified, and skipped the second time', async () => {
    const screen = world.open({args: ['-s', world.tree, '-c', config]});
    await choose(screen, 'pylon');
    screen.press('P');
    await screen.waitFor(/1 would change something/);
    expect(screen.screen()).toContain('Push pylon');
    screen.press('e');
    await screen.waitFor(`docker push ${engine?.registry}`);
    screen.press('tab', 'enter');
    await screen.waitFor('✓ done after');
    expect(screen.screen()).toContain('verified');
    expect(await tags('pylon')).toContain('v1');

    const second = await push('pylon', 'job-exporter');
    expect({code: second.code, stderr: second.stderr}).toEqual({code: 0, stderr: ''});
    expect(second.stdout).toMatch(/done +Push job-exporter .*changed .*verified/);
    expect(second.stdout).toMatch(/done +Push pylon .*unchanged/);
    const third = await push('pylon', 'job-exporter');
    expect(third).toMatchObject({code: 0});
    expect(third.stdout).toMatch(/nothing to do/i);

    screen.press('1');
    await screen.waitFor('Images');
    screen.press('P');
    await screen.waitFor('Nothing to do');
  });

  test('with a login: pushed, and the password is nowhere but in the file it came from', async () => {
    const {address, username, password} = engine?.loginRegistry ?? {address: '', username: '', password: ''};
    configure(address, username, password);
    const forms = formsOf(username, password);
    const seen = lookAtProcesses(forms);
    const screens: string[] = [];
    let pushed: Awaited<ReturnType<typeof push>>;
    let screenEnd: {readonly code: number};
    try {
      pushed = await push('pylon', '-v');
      const screen = world.open({args: ['-s', world.tree, '-c', config]});
      screen.onScreen(() => screens.push(screen.screen()));
      await choose(screen, 'job-exporter');
      screen.press('P');
      await screen.waitFor(/1 would change something/);
      screen.press('tab', 'enter');
      await screen.waitFor('✓ done after');
      expect(screen.screen()).toContain('verified');
      screen.press('d');
      await screen.waitFor('Close');
      screen.press('esc');
      await screen.waitFor(() => !screen.screen().includes('Close'));
      screen.press('q');
      screenEnd = await screen.exited;
    } finally {
      seen.stop();
    }
    expect({code: pushed.code, stderr: pushed.stderr}).toEqual({code: 0, stderr: ''});
    expect(screenEnd.code).toBe(0);
    expect(seen.runners()).toBeGreaterThan(0);
    expect(seen.found()).toEqual([]);
    expect(holding(forms, [pushed.stdout, ...screens])).toEqual([]);
    expect(filesHolding(world.stateHome, forms)).toEqual([]);
    const exported = join(world.folder, 'run.tar.gz');
    expect((await world.run('run', 'export', 'last', '-o', exported)).code).toBe(0);
    const {gunzipSync} = await import('node:zlib');
    expect(holding(forms, [gunzipSync(readFileSync(exported)).toString('latin1')])).toEqual([]);
  });

  test('with a wrong password: a sentence, a hint, and no second try', async () => {
    const {address, username} = engine?.loginRegistry ?? {address: '', username: ''};
    const wrong = 'wr0ng+pass/word&=';
    configure(address, username, wrong);
    const forms = formsOf(username, wrong);
    const refused = await push('pylon', '-v');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toMatch(/^registry-login: .+/m);
    expect(refused.stderr).toMatch(/^hint: .+/m);
    const screen = world.open({args: ['-s', world.tree, '-c', config], rows: 40});
    await choose(screen, 'pylon');
    screen.press('P');
    await screen.waitFor(/would change something|login|password/);
    if (/would change something/.test(screen.screen())) {
      screen.press('tab', 'enter');
      await screen.waitFor('✗ failed');
    }
    await screen.waitFor(/registry .* does not let operator in/i);
    const journals = readdirSync(world.stateHome, {recursive: true, encoding: 'utf8'})
      .filter((path) => path.endsWith('journal.jsonl'))
      .map((path) => readFileSync(join(world.stateHome, path), 'utf8'));
    expect(journals.length).toBeGreaterThan(0);
    expect(journals.filter((journal) => journal.includes('"task-retried"'))).toEqual([]);
    expect(holding(forms, [refused.stdout, refused.stderr, screen.screen()])).toEqual([]);
    expect(filesHolding(world.stateHome, forms)).toEqual([]);
  });

  test('without a login where one is wanted: nothing is changed, and the hint is a command', async () => {
    const {address} = engine?.loginRegistry ?? {address: ''};
    configure(address);
    const refused = await push('pylon');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toMatch(/^registry-login: The registry .* wants a login .*\nhint: docker login /m);
    expect(refused.stdout).not.toContain('try 2');
  });

  test('a registry that is down: four tries, a sentence and a hint, on screen and headless', async () => {
    configure('127.0.0.1:9');
    const refused = await push('pylon');
    expect(refused.code).toBe(6);
    // A try that is refused at once has ended before the follower looks; the output of the task has every one.
    expect(refused.stdout).toContain('-- attempt 4 --');
    expect(refused.stdout).toMatch(/again +Push pylon +The registry 127\.0\.0\.1:9 cannot be reached/);
    expect(refused.stderr).toMatch(
      /^registry-unreachable: The registry 127\.0\.0\.1:9 cannot be reached: connection refused\.\nhint: The engine asks it/m,
    );
    const screen = world.open({args: ['-s', world.tree, '-c', config]});
    await choose(screen, 'pylon');
    screen.press('P');
    await screen.waitFor(/1 would change something/);
    await screen.waitFor(/The push would fail now\. The registry 127\.0\.0\.1:9 cannot/);
    screen.press('tab', 'enter');
    await screen.waitFor('✗ failed after');
    await screen.waitFor('The registry 127.0.0.1:9 cannot be reached: connection refused.');
  });

  const push = (...args: readonly string[]) =>
    world.run('image', 'push', ...args, '-s', world.tree, '-c', config, '--yes');

  const tags = async (image: string) =>
    ((await (await fetch(`http://${engine?.registry}/v2/app-tests/${image}/tags/list`)).json()) as {tags: string[]})
      .tags;

  async function choose(screen: ReturnType<AppWorld['open']>, image: string): Promise<void> {
    await screen.waitFor(/pylon .*current/);
    screen.press('/', image, 'enter');
    await screen.waitFor(() => !screen.screen().includes('base-image') && screen.screen().includes(image));
  }

  function configure(domain: string, username?: string, password?: string): void {
    const file = join(config, 'services-configuration.yaml');
    const login = username === undefined ? [] : [`    username: ${username}`, `    password: "${password}"`];
    const lines = [
      'cluster:',
      '  common:',
      '    cluster-id: app-lab',
      '  docker-registry:',
      '    namespace: app-tests',
    ];
    writeFileSync(
      file,
      [...lines, `    domain: ${domain}`, '    tag: v1', '    secret-name: s', ...login, ''].join('\n'),
    );
    chmodSync(file, 0o600);
  }
});

/** A password as it may turn up: as it is, in URLs, in base64 alone and as Docker and HTTP send it. */
function formsOf(username: string, password: string): readonly string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '');
  return [password, encodeURIComponent(password), base64(password), base64(`${username}:${password}`)];
}

function holding(forms: readonly string[], texts: readonly string[]): readonly string[] {
  return texts.filter((text) => forms.some((form) => text.includes(form)));
}

function filesHolding(folder: string, forms: readonly string[]): readonly string[] {
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map((path) => join(folder, path))
    .filter((path) => lstatSync(path).isFile());
  if (files.length < 5) throw new Error(`Only ${files.length} files are there to look at.`);
  return files.filter((path) => holding(forms, [readFileSync(path, 'latin1')]).length > 0);
}

/** Reads, again and again, the command line of every process and the environment of every runner. */
function lookAtProcesses(forms: readonly string[]) {
  const found = new Set<string>();
  const runners = new Set<string>();
  const read = (file: string): string => {
    try {
      return existsSync(file) ? readFileSync(file, 'latin1') : '';
    } catch {
      // It ended while it was looked at.
      return '';
    }
  };
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const command = read(`/proc/${pid}/cmdline`);
      const isRunner = command.includes('__runner');
      if (isRunner) runners.add(pid);
      if (holding(forms, [command, isRunner ? read(`/proc/${pid}/environ`) : '']).length > 0) found.add(command);
    }
  }, 20);
  return {stop: () => clearInterval(timer), found: () => [...found], runners: () => runners.size};
}
