import {delimiter} from 'node:path';
import type {Terminal} from '../tools.ts';

/** Where this process sits on somebody's screen: the command sits elsewhere. */
const aboutOurScreen = ['TMUX', 'TMUX_PANE', 'STY', 'WINDOW', 'WINDOWID', 'TERMCAP', 'COLUMNS', 'LINES'];

/** What `npm start` adds for its own script, read from our project and not from the operator's. */
const aboutNpm =
  /^(INIT_CWD|NODE|npm_(lifecycle|package)_.*|npm_(command|execpath|node_execpath)|npm_config_(fund|audit|save_exact|local_prefix|global_prefix|node_gyp|noproxy|npm_version|user_agent|userconfig|globalconfig|init_module|prefix|cache))$/;

/**
 * The environment of a command the operator's tree brings: the operator's own, without the traces of this program and
 * of npm, with `added` on top. Nothing that would ask waits for a person: pagers print.
 */
export function commandEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>>,
  kind: Terminal['kind'],
): Record<string, string> {
  const {PATH, NODE_ENV, npm_lifecycle_event: npmScript} = own;
  const kept = Object.entries(own).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    if (value === undefined || aboutOurScreen.includes(name)) return false;
    return npmScript === undefined || !aboutNpm.test(name);
  });
  const environment = new Map(kept);
  if (npmScript !== undefined && PATH !== undefined) environment.set('PATH', withoutNpm(PATH));
  // Set by this program for itself; a hook that builds with npm would leave out what it needs to build.
  if (NODE_ENV === 'production') environment.delete('NODE_ENV');
  const terminal = kind === 'pty' ? 'xterm-256color' : 'dumb';
  return {...Object.fromEntries(environment), TERM: terminal, PAGER: 'cat', GIT_PAGER: 'cat', ...added};
}

/** The folders npm puts in front hold this program's own node. */
function withoutNpm(path: string): string {
  const folders = path.split(delimiter);
  const first = folders.findIndex((folder) => !/\/(node_modules\/\.bin|node-gyp-bin)$/.test(folder));
  return folders.slice(Math.max(first, 0)).join(delimiter);
}
