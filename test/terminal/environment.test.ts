import {describe, expect, it} from 'vitest';
import {commandEnvironment} from '../../src/engine/terminal/environment.ts';

describe('the environment of a hook', () => {
  it("is the operator's own with additions, a terminal type and pagers that print", () => {
    expect(
      commandEnvironment({HOME: '/root', LANG: 'C.UTF-8', GONE: undefined}, {WORD: 'x', HOME: '/h'}, 'pty'),
    ).toEqual({
      HOME: '/h',
      LANG: 'C.UTF-8',
      WORD: 'x',
      TERM: 'xterm-256color',
      PAGER: 'cat',
      GIT_PAGER: 'cat',
    });
  });

  it('names a dumb terminal where there is only a pipe', () => {
    expect(commandEnvironment({TERM: 'screen'}, {}, 'pipes')).toMatchObject({TERM: 'dumb'});
  });

  it('knows nothing of the tmux pane or the size of the screen this program runs in', () => {
    const own = {TMUX: '/tmp/tmux', TMUX_PANE: '%1', STY: '1', COLUMNS: '80', LINES: '24', CI: '1'};
    expect(Object.keys(commandEnvironment(own, {}, 'pty')).sort()).toEqual(['CI', 'GIT_PAGER', 'PAGER', 'TERM']);
  });

  it("does not make hooks build for production because this program runs so, nor hides another's choice", () => {
    expect(commandEnvironment({NODE_ENV: 'production'}, {}, 'pty')).not.toHaveProperty('NODE_ENV');
    expect(commandEnvironment({NODE_ENV: 'test'}, {}, 'pty')).toHaveProperty('NODE_ENV', 'test');
  });

  it('has no trace of npm start: neither its node in PATH nor the settings of this project', () => {
    const own = {
      PATH: '/repo/node_modules/.bin:/node_modules/.bin:/usr/lib/node_modules/npm/lib/node-gyp-bin:/usr/bin:/x/node_modules/.bin',
      npm_lifecycle_event: 'start',
      npm_package_name: 'pai-tui',
      npm_config_save_exact: 'true',
      npm_config_registry: 'http://localhost:4873',
      INIT_CWD: '/repo',
    };
    const environment = commandEnvironment(own, {}, 'pty');
    expect(environment).toMatchObject({
      PATH: '/usr/bin:/x/node_modules/.bin',
      npm_config_registry: 'http://localhost:4873',
    });
    expect(Object.keys(environment).filter((name) => name.startsWith('npm_'))).toEqual(['npm_config_registry']);
    expect(environment).not.toHaveProperty('INIT_CWD');
  });

  it('leaves PATH alone outside of npm', () => {
    expect(commandEnvironment({PATH: '/x/node_modules/.bin:/usr/bin'}, {}, 'pty')).toHaveProperty(
      'PATH',
      '/x/node_modules/.bin:/usr/bin',
    );
  });
});
