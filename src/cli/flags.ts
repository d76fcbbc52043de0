/** One flag as a person writes it. `--name`, and `-s` where there is a short one. */
export interface Flag {
  readonly short?: string;
  /** Placeholder of its value; absent: the flag has none. Two flags may have one short word if neither has a value. */
  readonly value?: string;
  /** What may stand for the value, for completion and for refusing others. */
  readonly choices?: readonly string[];
  /** What completion offers for the value. */
  readonly completes?: 'folder' | 'file';
  /** One line of help, without a full stop. */
  readonly about: string;
}

/** Every flag there is; which command takes which stands in the table of commands. */
export const flags = {
  config: {
    short: 'c',
    value: 'DIR',
    completes: 'folder',
    about: 'the cluster configuration (else PAI_CONFIG, else the current folder if it is one)',
  },
  source: {
    short: 's',
    value: 'DIR',
    completes: 'folder',
    about: 'the source tree (else PAI_SOURCE, else the current folder if it is one, else the sample tree)',
  },
  json: {about: 'JSON on stdout: one document for a query, one event per line for an operation'},
  yes: {about: 'approve what is asked; without it a terminal is asked, and anything else is refused'},
  'dry-run': {about: 'print the plan with every effect and do nothing'},
  force: {short: 'f', about: 'build even what is current'},
  input: {short: 'i', value: 'FILE', completes: 'file', about: 'the quick-start file'},
  'no-cache': {about: "build without the engine's layer cache"},
  'check-bases': {about: 'ask the registries whether foreign base images moved (a build always asks)'},
  builder: {
    value: 'NAME',
    choices: ['auto', 'classic', 'buildkit'],
    about:
      'which builder (else DOCKER_BUILDKIT=1 or 0, else the one used last, else classic unless a Dockerfile needs BuildKit)',
  },
  parallel: {value: 'N', about: 'how many tasks or machines may be at work at the same time'},
  'fail-fast': {about: 'start nothing new after the first failure (else independent work goes on)'},
  timeout: {value: 'DURATION', about: 'stop it after this long: 90s, 30m, 1h30m'},
  readonly: {about: 'refuse everything that would change something'},
  dot: {about: 'print the graph for Graphviz'},
  output: {
    short: 'o',
    value: 'PATH',
    completes: 'file',
    about: 'the file to write (else ID.tar.gz in the current folder)',
  },
  operation: {
    value: 'NAME',
    choices: ['deploy', 'certificates', 'clean'],
    about: 'what it would be sent for (else deploy)',
  },
  'package-set': {
    value: 'NAME',
    choices: ['built-in', 'tree'],
    about: 'what is sent: what pai-tui brings (else this), or the scripts of the tree, which are not proven',
  },
  context: {
    value: 'FILE',
    completes: 'file',
    about: 'a YAML file whose top keys are the names that the template sees (else it sees none)',
  },
  jump: {value: 'HOSTS', about: 'go through these hosts, as ssh -J takes them: user@host:port, several with commas'},
  'jump-password-file': {
    value: 'FILE',
    completes: 'file',
    about: 'the password of the hosts of --jump (else PAI_JUMP_PASSWORD_FILE; without one: an agent, or your own keys)',
  },
  'password-file': {
    value: 'FILE',
    completes: 'file',
    about: 'the password of machines and for sudo, where the configuration has none (else PAI_PASSWORD_FILE)',
  },
  sudo: {about: 'run it as root, by sudo'},
  'output-dir': {
    value: 'DIR',
    completes: 'folder',
    about: 'write the whole output of each machine to NAME.out and NAME.err in this folder',
  },
  offline: {about: 'print what the configuration says and ask no machine'},
  fingerprints: {value: 'FILE', completes: 'file', about: 'accept the keys whose fingerprints this file has'},
  replace: {about: 'pin the key that one machine shows in the place of the one that is pinned'},
  confirm: {value: 'NAME', about: 'stands for typing the name where one has to be typed'},
  'take-over-lock': {about: 'take the lock of the cluster from a holder whose time is over'},
  cron: {about: 'print a line for cron that takes a snapshot each night, and do nothing'},
  verify: {about: 'run test pods also where nothing was changed'},
  'node-list': {
    short: 'l',
    value: 'FILE',
    completes: 'file',
    about: 'machines beside those of the configuration: a list in the form of any release of the tools',
  },
  'ignore-budgets': {about: 'remove pods whose disruption budget allows no eviction, against it'},
  dead: {about: 'the machines are dead: remove them without asking them; refused where one answers'},
  'update-config': {about: 'write into the machine list of the configuration what has come, or take out what has gone'},
  'drain-timeout': {value: 'DURATION', about: 'how long the pods of a machine may take to go (else 10m)'},
  unit: {value: 'NAME', about: 'the log of a systemd unit'},
  file: {value: 'PATH', about: 'a log file on the machines'},
  container: {value: 'NAME', about: 'the log of a container'},
  follow: {short: 'f', about: 'go on as it grows, until Ctrl-C'},
  lines: {short: 'n', value: 'N', about: 'how many lines from before (else 200)'},
  grep: {value: 'PATTERN', about: 'only the lines that this regular expression matches'},
  view: {
    value: 'NAME',
    choices: ['services', 'kubernetes'],
    about: 'what templates of services see (the default), or those of Kubernetes',
  },
  python: {
    about:
      "run the configuration modules of the tree (its code, by python3 with this account's rights) and show what they make",
  },
  state: {value: 'DIR', completes: 'folder', about: 'where runs and locks are kept (else $XDG_STATE_HOME/pai-tui)'},
  'no-color': {about: 'no colours (NO_COLOR does the same)'},
  ascii: {about: 'draw with ASCII characters alone (so does a locale without UTF-8)'},
  verbose: {short: 'v', about: 'print all output of all tasks, each line with its task'},
  help: {short: 'h', about: 'this help'},
  version: {about: 'the version'},
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

/** Also for words like "constructor", which every object knows. */
export function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(flags, name);
}

/** The flags given, as they were written. */
export type Options = {readonly [Name in FlagName]?: string | true};

/** `-c, --config DIR` */
export function flagSpelling(name: FlagName): string {
  const flag: Flag = flags[name];
  return `${flag.short ? `-${flag.short}, ` : ''}--${name}${flag.value ? ` ${flag.value}` : ''}`;
}
