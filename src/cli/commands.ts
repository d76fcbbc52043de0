import {type FlagName, flags} from './flags.ts';

/** One command: what is parsed, helped, completed and documented all comes from here. */
export interface Command {
  /** Noun and verb as typed: 'image build', 'info'. */
  readonly name: CommandName;
  readonly argument?: Argument;
  /** What stands behind --, e.g. a command for machines. */
  readonly rest?: {readonly placeholder: string; readonly needed: boolean};
  readonly flags: readonly FlagName[];
  /** What a flag means here, where that is not what it means elsewhere. */
  readonly means?: {readonly [Name in FlagName]?: string};
  /** One sentence. */
  readonly about: string;
  /** More sentences for its own help, one paragraph each. */
  readonly more?: readonly string[];
  /** The JSON of a query, as a shape; an operation prints its events instead. */
  readonly json?: string;
  readonly examples: readonly string[];
  /** The version of the program that brought it. */
  readonly since: string;
}

export interface Argument {
  readonly placeholder: string;
  /** one: exactly one; some: one or several; any: none (which means all) or several. */
  readonly count: 'one' | 'some' | 'any';
  /** What completion offers; with images also their components, with machines also their groups. */
  readonly of: 'images' | 'runs' | 'machines' | 'files' | readonly string[];
}

type CommandName =
  | 'image list'
  | 'image status'
  | 'image graph'
  | 'image build'
  | 'image push'
  | 'config check'
  | 'config show'
  | 'config generate'
  | 'template render'
  | 'cluster check'
  | 'machine list'
  | 'machine facts'
  | 'machine trust'
  | 'machine run'
  | 'machine shell'
  | 'machine logs'
  | 'run list'
  | 'run show'
  | 'run attach'
  | 'run resume'
  | 'run repeat'
  | 'run cancel'
  | 'run export'
  | 'info'
  | 'completion';

type Noun = 'image' | 'config' | 'template' | 'cluster' | 'machine' | 'run' | 'info' | 'completion';

export const nouns: Readonly<Record<Noun, string>> = {
  image: 'see, build and push the images of a source tree',
  config: 'check, show and generate the configuration of a cluster',
  template: 'render a template as Jinja2 does',
  cluster: 'check whether machines are fit for Kubernetes',
  machine: 'see, trust and ask machines, and run commands on them',
  run: 'see, follow, resume and stop what was started',
  info: 'every path, version and limit',
  completion: 'completion for a shell',
};

/** Also for words like "constructor", which every object knows. */
export function isNoun(word: string): word is Noun {
  return Object.hasOwn(nouns, word);
}

const images: Argument = {placeholder: 'NAME', count: 'any', of: 'images'};
const machines: Argument = {placeholder: 'M', count: 'any', of: 'machines'};
const someMachines: Argument = {...machines, count: 'some'};
const run: Argument = {placeholder: 'ID', count: 'one', of: 'runs'};
// Where state lies and that nothing may change can stand in an alias, so every command understands both.
const text = ['readonly', 'state', 'json', 'no-color'] as const;
const running = ['readonly', 'state', 'json', 'verbose', 'no-color'] as const;
const changing = ['yes', 'dry-run', 'parallel', 'fail-fast', 'timeout', ...running] as const;
const asking = ['config', 'source', 'jump', 'jump-password-file', 'password-file', 'timeout', ...text] as const;
const hostLists =
  "M is a machine or a host list: gpu[01-16], @workers, @gpu, '@all&!node-7'. What the shell would take for itself (& ! *) goes in quotes.";
const passwords =
  'Logging in: what the configuration says, an ssh-agent, key files; else a terminal is asked. A password file must be readable by you alone (0600).';
const oneRun = "ID may be the beginning of a run's id, or the word last.";

/** The flags of `pai-tui` without a command: what the app itself takes. */
export const appFlags = ['config', 'source', 'readonly', 'state', 'no-color', 'ascii', 'help', 'version'] as const;

export const commands: readonly Command[] = [
  {
    name: 'image list',
    flags: ['source', 'config', ...text],
    about: 'The images of the tree, what each needs, and the order they build in.',
    more: [
      'Reads the tree, executes nothing of it and writes nothing into it. Problems of the tree go to stderr.',
      'An image needs the images its Dockerfile names and, where its component names another one (component.dep), all images of that. Names with a registry are known by the configuration.',
    ],
    json: '{"images":[{"name","component","dockerfile","layout","needs":[]}],"order":[["base-image"],["hadoop-run"]]}',
    examples: ['pai-tui image list -s ~/pai', "pai-tui image list --json | jq -r '.images[].name'"],
    since: '0.1.0',
  },
  {
    name: 'image status',
    argument: images,
    flags: ['source', 'config', 'check-bases', ...text],
    about: 'What would be built, and why.',
    more: [
      'The state unknown means that a component has a hook, which is decided while running, or that nobody could be asked.',
    ],
    json: '{"images":[{"name","state":"current"|"stale"|"never"|"unknown","reasons":[]}]}',
    examples: ['pai-tui image status', 'pai-tui image status rest-server --check-bases'],
    since: '0.1.0',
  },
  {
    name: 'image graph',
    flags: ['source', 'config', 'dot', 'ascii', ...text],
    about: 'What stands on what, as a drawing in text or for Graphviz.',
    json: 'as image list',
    examples: ['pai-tui image graph', 'pai-tui image graph --dot | dot -Tsvg > images.svg'],
    since: '0.1.0',
  },
  {
    name: 'image build',
    argument: images,
    flags: ['source', 'config', 'force', 'no-cache', 'check-bases', 'builder', ...changing],
    about: 'Build what is not current, in the order of its dependencies, prerequisites included.',
    more: [
      'NAME is an image or a component; without one, all are built.',
      'The run goes on when this command is told to end or the connection drops. Ctrl-C asks the run to stop: once, and nothing new starts; twice, and what is critical is stopped too; a third time leaves the run to itself.',
    ],
    examples: ['pai-tui image build --dry-run', 'pai-tui image build rest-server webportal --yes --parallel 4'],
    since: '0.1.0',
  },
  {
    name: 'image push',
    argument: {...images, placeholder: 'NAME'},
    flags: ['source', 'config', ...changing],
    about: 'Tag and push images as their era names them; what the registry already has is skipped.',
    more: ['NAME is an image; without one, all are pushed. Prerequisites are not pushed along.'],
    examples: ['pai-tui image push -c ~/cluster --yes'],
    since: '0.1.0',
  },
  {
    name: 'config check',
    flags: ['config', 'source', ...text],
    about: 'Every mistake of a configuration at once: where it is, and what to write instead.',
    more: [
      'A configuration of any release is understood. With a tree it is read as the tools of that tree read it, with the defaults of its components; without one, as its files look.',
      'Ends with 3 when something is wrong; warnings and notices do not count.',
    ],
    json: '{"problems":[{"severity":"error"|"warning"|"notice","code","message","hint","file","line","key","rule"}]}',
    examples: ['pai-tui config check -c ~/cluster', 'pai-tui config check -c ~/cluster -s ~/pai --json'],
    since: '0.1.0',
  },
  {
    name: 'config show',
    flags: ['view', 'python', 'config', 'source', ...text],
    about:
      'What templates see of a configuration, defaults and derived values included, and where each value comes from.',
    more: [
      "Values are printed as Python prints them, so that True and the text 'true' differ; secrets are dots. Problems go to stderr.",
      'Nothing of the tree is executed, unless --python asks for it: then src/*/config/*.py of a tree of v0.9 or later are run in a copy, and where they make something else than what is shown without it, a notice says so.',
    ],
    json: 'the values themselves, as one document; secrets are dots',
    examples: [
      'pai-tui config show -c ~/cluster',
      'pai-tui config show --view kubernetes -c ~/cluster -s ~/pai',
      'pai-tui config show --python -c ~/cluster -s ~/pai',
    ],
    since: '0.1.0',
  },
  {
    name: 'config generate',
    flags: ['input', 'output', 'force', 'dry-run', 'source', ...text],
    means: {
      output: 'the folder to write the files into',
      force: 'replace files that are there (each is kept beside it)',
      'dry-run': 'say what would be written, and write nothing',
    },
    about: 'Write the files of a new configuration from a quick-start file: a list of machines and how to log in.',
    more: [
      'The tree decides which files there are. What cannot be known without asking the machines is guessed, and each guess is said on stderr.',
      'A file that is there already stays as it is; with --force it is replaced, and kept as NAME.bak-TIME. So nothing can be lost, and no approval is asked for. Nothing is written when the quick-start file has a mistake (3).',
    ],
    json: '{"folder","era","files":[{"name","action":"written"|"replaced"|"kept","backup"}],"problems":[]}',
    examples: [
      'pai-tui config generate -i quick-start.yaml -o ~/cluster -s ~/pai --dry-run',
      'pai-tui config generate -i quick-start.yaml -o ~/cluster -s ~/pai',
    ],
    since: '0.1.0',
  },
  {
    name: 'template render',
    argument: {placeholder: 'FILE', count: 'one', of: 'files'},
    flags: ['context', ...text],
    about: 'One template as Jinja2 renders it, byte for byte, on stdout.',
    more: [
      'Names that are not there are rendered as nothing, as Jinja2 does, and told on stderr with their lines.',
      'Templates that it includes are found in the tree that FILE lies in, or beside it; never outside.',
    ],
    json: '{"text","problems":[{"severity","code","message","file","line","column"}]}',
    examples: ['pai-tui template render start.sh.template --context cluster.yaml'],
    since: '0.1.0',
  },
  {
    name: 'cluster check',
    flags: asking,
    about: 'Whether Kubernetes can go on the machines of a configuration: each by itself, and all side by side.',
    more: [
      'Asked are reachability, sudo, system, memory, disks, swap, control groups, modules of the kernel, docker, ports, what an earlier cluster left, registries and images as the machine itself reaches them, names, clocks, the network between machines, ranges of addresses, and the address of the API. Nothing is changed on any machine.',
      'A state is ok, warning (the cluster can be booted all the same), failed, or unknown (it could not be asked). Ends with 1 when a check failed or some machines were not reached, with 6 when none was.',
      passwords,
    ],
    json: '{"checks":[{"machine","check","state":"ok"|"warning"|"failed"|"unknown","detail","fix"}]}',
    examples: [
      'pai-tui cluster check -c ~/cluster',
      'pai-tui cluster check -c ~/cluster --json | jq \'.checks[] | select(.state != "ok")\'',
    ],
    since: '0.1.0',
  },
  {
    name: 'machine list',
    argument: machines,
    flags: ['offline', ...asking],
    about: 'The machines of a configuration, and which of them answer.',
    more: [
      hostLists,
      'Each machine is asked by itself, for a bounded time: up, degraded (it says why), refused (it answers and lets nobody in), down, or unknown (its host key is not trusted, or nobody could be asked).',
      'Ends with 1 when some do not answer, with 6 when none does.',
    ],
    json: '{"machines":[{"name","address","role","state":"up"|"degraded"|"refused"|"down"|"unknown","seen","complaints":[],"problem"}],"groups":[{"name","machines":[]}]}',
    examples: ['pai-tui machine list -c ~/cluster', 'pai-tui machine list -c ~/cluster --offline --json'],
    since: '0.1.0',
  },
  {
    name: 'machine facts',
    argument: machines,
    flags: asking,
    about:
      'What each machine says of itself: system, processors, memory, disks, GPUs, clock, what is left of Kubernetes.',
    more: [hostLists, 'One machine is told on a page, several in a table; --json has everything of all.', passwords],
    json: '{"machines":[{"name","address","role","state","seen","facts":{},"problem"}]}',
    examples: ['pai-tui machine facts gpu-01 -c ~/cluster', "pai-tui machine facts '@gpu' -c ~/cluster --json"],
    since: '0.1.0',
  },
  {
    name: 'machine trust',
    argument: machines,
    flags: [
      'fingerprints',
      'yes',
      'replace',
      'confirm',
      'config',
      'source',
      'jump',
      'jump-password-file',
      'password-file',
      'timeout',
      ...text,
    ],
    about: 'The host keys of machines: all that are new in one table, to compare and accept at once.',
    more: [
      hostLists,
      'Nobody logs in to a machine whose key is not known. Keys are known from ~/.ssh/known_hosts, which is only read, and from what was accepted here, which is kept with the state of the cluster; where both know a machine, both must agree.',
      'Without a terminal: --fingerprints FILE has what ssh-keygen -lf prints on the machines, lines of known_hosts, or lines of a host and its SHA256:... fingerprint. --yes accepts without comparison, and that is said and written down.',
      'A key that changed is accepted by none of these: the machine was reinstalled, or somebody is in between. --replace takes one machine, shows both keys, and wants its name: typed, or as --confirm NAME.',
    ],
    json: '{"hosts":[{"machine","key","fingerprint","state":"known"|"pinned"|"new"|"changed"|"revoked"|"disagreeing"|"mismatch"|"unreachable","from","known":[],"problem"}]}',
    examples: [
      'pai-tui machine trust -c ~/cluster',
      'pai-tui machine trust -c ~/cluster --fingerprints keys.txt',
      'pai-tui machine trust gpu-07 -c ~/cluster --replace --confirm gpu-07',
    ],
    since: '0.1.0',
  },
  {
    name: 'machine run',
    argument: someMachines,
    rest: {placeholder: 'COMMAND', needed: true},
    flags: ['sudo', 'parallel', 'fail-fast', 'output-dir', ...asking],
    about: 'Run a command on machines, and fold what they said: equal outputs once, the odd one as a difference.',
    more: [
      hostLists,
      'COMMAND as one word is a script for sh on the machines; several words are a command with its arguments, each as it is. What comes is told on stderr while it runs, each line with its machine; the result goes to stdout. One machine alone is told as it comes.',
      'Ctrl-C ends the command on the machines: once it is told to end (TERM, then KILL), twice nobody waits for that. --timeout counts on each machine.',
      'Ends with 1 when the command failed anywhere or some machines were not reached, with 6 when none was.',
      passwords,
    ],
    json: '{"results":[{"machine","state","exit","signal","stdout","stderr","problem"}]}',
    examples: [
      "pai-tui machine run '@workers' -c ~/cluster -- uptime",
      "pai-tui machine run 'gpu[01-16]' -c ~/cluster -- 'nvidia-smi -L | wc -l'",
      "pai-tui machine run '@all&!gpu-07' -c ~/cluster --sudo --output-dir logs -- journalctl -u docker -n 500",
    ],
    since: '0.1.0',
  },
  {
    name: 'machine shell',
    argument: {...machines, count: 'one'},
    rest: {placeholder: 'COMMAND', needed: false},
    flags: ['config', 'source', 'jump', 'jump-password-file', 'password-file', 'readonly', 'state', 'no-color'],
    about: 'A shell on a machine, or a program such as top, in this terminal.',
    more: [
      'The machine has the terminal to itself until the program ends; its modes are put back afterwards. Ends with the exit code of the program. As in ssh, a ~ and a . at the beginning of a line hang up.',
      passwords,
    ],
    examples: ['pai-tui machine shell gpu-01 -c ~/cluster', 'pai-tui machine shell gpu-01 -c ~/cluster -- htop'],
    since: '0.1.0',
  },
  {
    name: 'machine logs',
    argument: someMachines,
    flags: ['unit', 'file', 'container', 'follow', 'lines', 'grep', 'sudo', ...asking],
    about: 'A log of machines: of a systemd unit, a file or a container.',
    more: [
      hostLists,
      'Of several machines each line has the name of its machine. For one machine and no log named, the logs that it has are listed.',
      passwords,
    ],
    json: '{"results":[{"machine","state","exit","signal","stdout","stderr","problem"}]}; with --follow a line {"machine","text"} for each line; without a log {"machine","files":[],"units":[],"containers":[],"missing":[]}',
    examples: [
      'pai-tui machine logs gpu-01 -c ~/cluster',
      "pai-tui machine logs '@workers' -c ~/cluster --unit docker -n 50 --grep error",
      'pai-tui machine logs gpu-01 gpu-02 -c ~/cluster --file /var/log/syslog -f',
    ],
    since: '0.1.0',
  },
  {
    name: 'run list',
    flags: text,
    about: 'The runs there were, the newest first.',
    json: '{"runs":[{"id","operation","state":"waiting"|"running"|"interrupted"|"done"|"failed"|"stopped","started","ended"}]}',
    examples: ['pai-tui run list'],
    since: '0.1.0',
  },
  {
    name: 'run show',
    argument: run,
    flags: text,
    about: 'One run: its plan with the outcome of each task, and the problem of each failure.',
    more: [oneRun],
    json: '{"id","operation","title","state","who","folder","started","ended","explanation","problem","tasks":[{"id","title","state","changed","note","started","tookMs","why":[],"problem"}]}',
    examples: ['pai-tui run show last'],
    since: '0.1.0',
  },
  {
    name: 'run attach',
    argument: run,
    flags: ['ascii', ...running],
    about: 'Follow a run: on screen in a terminal, else as text or JSON Lines from its first event on.',
    more: [oneRun, 'Ends as the run ends, with its exit code. Ctrl-C here leaves the run alone.'],
    examples: ['pai-tui run attach last', 'pai-tui run attach last --json'],
    since: '0.1.0',
  },
  {
    name: 'run resume',
    argument: run,
    flags: ['yes', ...running],
    about: 'Go on with an interrupted run where it stopped.',
    more: [oneRun, 'What was done is asked again whether it still holds.'],
    examples: ['pai-tui run resume last --yes'],
    since: '0.1.0',
  },
  {
    name: 'run repeat',
    argument: run,
    flags: ['yes', 'dry-run', ...running],
    about: 'Ask for the same again: a new plan, a new approval, a new run.',
    more: [oneRun],
    examples: ['pai-tui run repeat last --dry-run'],
    since: '0.1.0',
  },
  {
    name: 'run cancel',
    argument: run,
    flags: text,
    about: 'Stop a run: once, and nothing new starts; twice, and what is critical is stopped too.',
    more: [oneRun],
    json: '{"run","cancel":1|2}',
    examples: ['pai-tui run cancel last'],
    since: '0.1.0',
  },
  {
    name: 'run export',
    argument: run,
    flags: ['output', ...text],
    about: 'Write one archive of a run for support, with secrets replaced.',
    more: [oneRun],
    json: '{"run","file"}',
    examples: ['pai-tui run export last -o /tmp/run.tar.gz'],
    since: '0.1.0',
  },
  {
    name: 'info',
    flags: ['source', 'config', ...text],
    about: 'Every path, version and limit, for a bug report or a look around.',
    json: '{"info":[{"topic","value"}]}',
    examples: ['pai-tui info'],
    since: '0.1.0',
  },
  {
    name: 'completion',
    argument: {placeholder: 'SHELL', count: 'one', of: ['bash', 'zsh', 'fish']},
    flags: [],
    about: 'The completion of a shell, to be read by it.',
    examples: [
      'source <(pai-tui completion bash)',
      'source <(pai-tui completion zsh)',
      'pai-tui completion fish > ~/.config/fish/completions/pai-tui.fish',
    ],
    since: '0.1.0',
  },
];

/** Nouns that other versions bring: named, so that nobody looks for a spelling mistake. */
export const laterNouns = ['service', 'new', 'sandbox'] as const;

/** The same for commands of nouns that are here. */
export const laterCommands: readonly string[] = [
  ...['add', 'remove', 'repair', 'etcdfix', 'etcd-fix'].map((verb) => `machine ${verb}`),
  ...['status', 'k8s-bootup', 'k8s-clean', 'install-kubectl', 'package'].map((verb) => `cluster ${verb}`),
];

export function commandNamed(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}

/** The commands of a noun, in the order of the table. */
export function commandsOf(noun: string): readonly Command[] {
  return commands.filter((command) => command.name === noun || command.name.startsWith(`${noun} `));
}

/** What a flag does, as one line of help for a command; without one, for the app. */
export function flagMeaning(name: FlagName, command?: Command): string {
  return command?.means?.[name] ?? flags[name].about;
}
