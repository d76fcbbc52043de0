import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {endsSessions, type LoginFacts, logoutFate} from '../../src/engine/run/logout.ts';
import {userName} from '../../src/engine/run/process.ts';
import {placeOf, runnerScope} from '../../src/engine/run/runner-scope.ts';

// On a real systemd: test/real/logout.test.ts.

describe('whether a run outlives a logout', () => {
  const inSession: LoginFacts = {
    systemd: true,
    place: 'session',
    owner: 'ann',
    endsSessions: true,
    managerStays: false,
    user: 'ann',
    scope: 'none',
    userLingers: false,
  };
  const cases: readonly (readonly [string, Partial<LoginFacts>, RegExp])[] = [
    ['a computer without systemd', {systemd: false}, /^yes: no systemd here/],
    ['a session that logind ends', {}, /^no: .* processes of ann at logout; `loginctl enable-linger ann` keeps/],
    ['a session that logind leaves alone', {endsSessions: false}, /^yes: systemd-logind lets processes of ann go on/],
    ['a logind that does not answer', {endsSessions: undefined}, /^unknown: systemd-logind does not say/],
    ['a scope of the user manager', {scope: 'of the user manager', userLingers: true}, /^yes: .* and ann lingers/],
    ['a scope of systemd', {scope: 'of systemd', user: 'root'}, /^yes: runs start as scopes of systemd$/],
    ['one who lingers but gets no scope', {userLingers: true, managerStays: true}, /^no: .*XDG_RUNTIME_DIR/],
    ['one who became another in the session', {user: 'bob'}, /^no: .* of ann at logout; `loginctl enable-linger bob`/],
    ['a user manager that stays', {place: 'user manager', managerStays: true}, /^yes: ann lingers/],
    ['a user manager that ends', {place: 'user manager'}, /^no: the user manager ends at logout/],
    ['a service of the system', {place: 'system', endsSessions: undefined}, /^yes: this is no login session/],
  ];
  test.each(cases)('%s', (_name, change, said) => {
    const {outlives, why} = logoutFate({...inSession, ...change});
    expect(`${outlives}: ${why}`).toMatch(said);
  });
});

test('whose sessions logind ends is decided by all three of its settings', () => {
  const answer = (kills: boolean, only = '', exclude = '') =>
    `b ${kills}\nas ${only ? `1 "${only}"` : '0'}\nas ${exclude ? `1 "${exclude}"` : '0'}\n`;
  expect(endsSessions(answer(true), 'ann')).toBe(true);
  expect(endsSessions(answer(false), 'ann')).toBe(false);
  expect(endsSessions(answer(true), 'root')).toBe(false);
  expect(endsSessions(answer(true, '', 'ann'), 'ann')).toBe(false);
  expect(endsSessions(answer(true, '', 'ann'), 'root')).toBe(true);
  expect(endsSessions(answer(false, 'ann'), 'ann')).toBe(true);
  expect(endsSessions(answer(true, 'bob'), 'ann')).toBe(false);
});

test('a control group tells a login session, a user manager and everything else apart', () => {
  const session = '0::/user.slice/user-1000.slice/session-3.scope\n';
  expect(placeOf(session)).toEqual({kind: 'session', uid: 1000});
  expect(placeOf('12:pids:/x\n1:name=systemd:/user.slice/user-7.slice/session-c1.scope\n0::/\n')).toEqual({
    kind: 'session',
    uid: 7,
  });
  const app = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/gnome-terminal.scope\n';
  expect(placeOf(app)).toEqual({kind: 'user manager', uid: 1000});
  expect(placeOf('4:memory:/user.slice/user-1000.slice/session-3.scope\n0::/system.slice/cron.service\n')).toEqual({
    kind: 'system',
  });
  expect(placeOf('')).toEqual({kind: 'system'});
});

test('a runner becomes a scope of the user manager only where that outlives a logout', () => {
  const place = mkdtempSync(join(tmpdir(), 'pai-scope-'));
  try {
    const [runtime, bin, linger] = ['runtime', 'bin', 'linger'].map((name) => join(place, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [join(runtime, 'systemd'), bin, linger]) mkdirSync(folder, {recursive: true});
    writeFileSync(join(runtime, 'systemd', 'private'), '');
    writeFileSync(join(bin, 'systemd-run'), '');
    const environment = {XDG_RUNTIME_DIR: runtime, PATH: `/nowhere:${bin}`};
    writeFileSync(join(linger, userName()), '');
    const [program, ...args] = runnerScope(environment, 'r', linger);
    expect(program).toBe(join(bin, 'systemd-run'));
    expect(args).toEqual(['--user', '--scope', '--quiet', '--collect', '--description=pai-tui run r', '--']);
    expect(runnerScope({...environment, PATH: '/nowhere'}, 'r', linger)).toEqual([]);
    rmSync(join(linger, userName()));
    const without = runnerScope(environment, 'r', linger);
    expect(without).not.toContain('--user');
  } finally {
    rmSync(place, {recursive: true});
  }
});
