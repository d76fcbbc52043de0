import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {readConfiguration} from '../../src/engine/state.ts';
import {makePlace, type Place, runnerGone, runsOf, start, stateOf, until} from './a-run.ts';

let place: Place;
let config: string;
beforeEach(() => {
  place = makePlace();
  config = join(place.home, '.config');
  mkdirSync(config);
});
afterEach(() => place.remove());

const write = (text: string) => writeFileSync(join(config, 'services-configuration.yaml'), text);
const settings = async () => (await readConfiguration({config}))[0]?.settings;

const registry = (tag: string, password = 'pa55 word') => `cluster:
  docker-registry:
    # the old password was hunter2
    tag: ${tag}
    username: ann
    password: ${password}
`;

describe('the configuration a run saw', () => {
  test('is kept with it by key, without its password and comments', async () => {
    write(registry('v1.10'));
    const run = await start(place, {config});
    await runnerGone(run);
    expect(readdirSync(run.config)).toEqual(['services-configuration.yaml.json']);
    const text = readFileSync(join(run.config, 'services-configuration.yaml.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({
      file: join(config, 'services-configuration.yaml'),
      settings: {
        'cluster.docker-registry.tag': 'v1.10',
        'cluster.docker-registry.username': 'ann',
        'cluster.docker-registry.password': 'secret:cluster.docker-registry.password',
      },
    });
    expect(text).not.toMatch(/pa55|hunter2/);
  });

  test('is shown with what is otherwise by now before a resume, which goes on and says so', async () => {
    write(registry('v1'));
    const run = await start(place, {config}, {KILL_AFTER: '6'});
    await runnerGone(run);
    const change = 'cluster.docker-registry.tag was v1, is v2 now';
    expect((await runsOf(place).show('last')).explanation).not.toContain('The configuration changed');
    write(`${registry('v2', 'another password')}    namespace: lab\n`);
    expect((await runsOf(place).show('last')).explanation).toContain(
      `The configuration changed since: ${change}; cluster.docker-registry.namespace is new: lab. Resume goes on with what the run read then.`,
    );
    await runsOf(place).resume('last');
    await until(() => stateOf(run).endedAt);
    expect(stateOf(run).status).toBe('done');
    const notice = stateOf(run).notices?.find(({code}) => code === 'config-invalid');
    expect(notice).toMatchObject({severity: 'notice', detail: expect.stringContaining(change)});
    expect(readFileSync(run.report, 'utf8')).toContain('The configuration changed since the run started');
    await runnerGone(run);
  });

  test('that is gone by now is said to be', async () => {
    write(registry('v1'));
    const run = await start(place, {config}, {KILL_AFTER: '6'});
    await runnerGone(run);
    rmSync(join(config, 'services-configuration.yaml'));
    expect((await runsOf(place).show('last')).explanation).toContain('services-configuration.yaml is gone or cannot');
  });
});

describe('secrets of a configuration', () => {
  test.each([
    ['docker_password: abcd1234', 'docker_password'],
    ['a: {user: x, \n  password: "abcd\n 1234abcd1234" }', 'a.password'],
    ['smtp:\n  auth: [abcd1234, abcd1234]', 'smtp.auth.0'],
    ['api-key: |\n  abcd1234\n  abcd1234', 'api-key'],
    ['secrets:\n  one:\n    value: abcd1234', 'secrets.one.value'],
    ['x: &s abcd1234\npassword: *s', 'password'],
  ])('are replaced by a reference: %j', async (text, key) => {
    write(`${text}\n`);
    expect((await settings())?.[key]).toBe(`secret:${key}`);
    expect(JSON.stringify(await settings())).not.toContain('1234');
  });

  test('are replaced in other settings too, as is the password of any URL', async () => {
    write('password: abcd1234\nurl: https://x:abcd1234@host/\nproxy: http://ann:other@proxy:3128\n');
    expect(await settings()).toEqual({
      password: 'secret:password',
      url: 'https://x:••••••@host/',
      proxy: 'http://ann:••••••@proxy:3128',
    });
  });

  test('the name of a secret is none', async () => {
    write('secret-name: regcred\nusername: ann\n');
    expect(await settings()).toEqual({'secret-name': 'regcred', username: 'ann'});
  });

  test('of a file that is no YAML are not read at all', async () => {
    write('a: [b\npassword: x');
    expect(await readConfiguration({config})).toEqual([]);
  });
});
