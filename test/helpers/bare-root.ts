import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync, statfsSync} from 'node:fs';
import {cp, mkdir, mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** What a newcomer's computer may lack: whatever compiles, and the headers of Node. */
const tools =
  /^(.*-)?(gcc|g\+\+|cc|c\+\+|c89|c99|clang|clang\+\+|cpp|ld|as|make|gmake|cmake|python|python2|python3|pypy|pypy3|node-gyp)(-?[0-9.]+)?$/;

/**
 * This computer without compiler, make, python and Node headers, with a fresh clone of the repository in it: a view in
 * a mount namespace of its own. Nothing that is done in it is seen outside.
 */
export interface BareRoot {
  /** The clone, as seen from inside. */
  readonly clone: string;
  /** The command that runs a line of shell inside, in the clone, with the environment of a newcomer. */
  command(line: string): readonly [string, ...string[]];
  run(line: string): Promise<{readonly exit: number | null; readonly stdout: string; readonly stderr: string}>;
  /** Ends whatever still runs inside and removes all of it. */
  close(): Promise<void>;
}

/** Why no such root can be made here, as the end of a sentence; undefined when it can. */
export function whyNoBareRoot(): string | undefined {
  const {CI, PAI_TEST_SYSTEM} = process.env;
  if (!CI && PAI_TEST_SYSTEM !== '1') return 'PAI_TEST_SYSTEM=1 npm test runs it, as root on Debian';
  if (!existsSync('/etc/debian_version')) return 'only on Debian and Ubuntu';
  if (process.getuid?.() !== 0) return 'it needs root';
  if (spawnSync('unshare', ['--mount', 'true']).status !== 0) return 'mounting is not allowed here (CAP_SYS_ADMIN)';
  if (newcomersPath() === undefined) return 'there is no node and npm beside the one of this repository';
  return undefined;
}

/**
 * Assembles the root. A process holds it and removes it when it is told to, or when this process is gone in whatever
 * way: its standard input ends then.
 */
export async function openBareRoot(): Promise<BareRoot> {
  const folder = await mkdtemp(join(baseFolder(), 'pai-tui-bare-root-'));
  const holder = spawn('sh', ['-c', hold, 'sh', folder, repository], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    cwd: '/',
  });
  const close = async () => {
    const closed = holder.exitCode === null && holder.signalCode === null ? once(holder, 'close') : undefined;
    holder.stdin?.end();
    await closed;
    if (existsSync(folder)) throw new Error(`${folder} was left behind.`);
  };
  try {
    const inner = await ready(holder);
    const root = join(folder, 'root');
    const clone = '/home/newcomer/pai-tui';
    const command = (line: string) => enter(inner, root, ['sh', '-c', `cd ${clone} && ${line}`]);
    const bare: BareRoot = {clone, command, close, run: (line) => run(command(line))};
    await removeTools(bare);
    await copyClone(join(folder, 'clone'));
    return bare;
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * $1 is the folder, $2 the repository. The upper layer must lie on a real file system: where there is none, in memory.
 * The inner shell is the first process of a process namespace: with it everything inside ends, mounts included.
 */
const hold = `
trap '' HUP INT TERM
unshare --mount --pid --fork --kill-child --propagation private sh -euc '
  cd "$1"
  [ "$(stat -fc %T .)" != overlayfs ] || mount -t tmpfs tmpfs .
  cd "$1"
  mkdir root upper work clone
  mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
  mkdir -p root/home/newcomer/pai-tui
  mount --bind clone root/home/newcomer/pai-tui
  mount -t proc proc root/proc
  mount --rbind /dev root/dev
  mount -t tmpfs tmpfs root/tmp
  # The repository may itself lie below /tmp, which is empty now.
  mkdir -p "root$2"
  mount -t tmpfs -o size=1m tmpfs "root$2"
  echo ready
  cat >/dev/null
' sh "$1" "$2"
rm -rf "$1"
`;

/** The process number of the shell inside, as seen from here, once everything is mounted. */
async function ready(holder: ChildProcess): Promise<number> {
  const {stdout, pid} = holder;
  if (stdout === null || pid === undefined) throw new Error('The holder of the bare root did not start.');
  let said = '';
  for await (const chunk of stdout.iterator({destroyOnReturn: false})) {
    said += chunk;
    if (said.includes('ready')) break;
  }
  if (!said.includes('ready')) throw new Error('The bare root could not be mounted.');
  return childOf(childOf(pid));
}

function childOf(pid: number): number {
  const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  if (child === '') throw new Error(`Process ${pid} has no child.`);
  return Number(child);
}

function enter(inner: number, root: string, argv: readonly string[]): readonly [string, ...string[]] {
  const environment = [`PATH=${newcomersPath()}`, 'HOME=/root', 'USER=root', 'LANG=C.UTF-8', 'TERM=xterm-256color'];
  // What was fetched for this repository need not be fetched again; what is missing is fetched.
  const cache = execFileSync('npm', ['config', 'get', 'cache'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: '/',
  }).trim();
  const npm = [`npm_config_cache=${cache}`, 'npm_config_prefer_offline=true'];
  const proxies = Object.entries(process.env).filter(([name]) =>
    /^(https?|no)_proxy$|^NODE_EXTRA_CA_CERTS$/i.test(name),
  );
  const network = proxies.map(([name, value]) => `${name}=${value}`);
  return [
    'nsenter',
    '-t',
    String(inner),
    '-m',
    '-p',
    'chroot',
    root,
    'env',
    '-i',
    ...environment,
    ...npm,
    ...network,
    ...argv,
  ];
}

async function run([file, ...args]: readonly [string, ...string[]]) {
  const child = spawn(file, args, {stdio: ['ignore', 'pipe', 'pipe']});
  const [stdout, stderr, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return {exit: exit as number | null, stdout, stderr};
}

/** Only in the view: what is removed there is merely hidden. */
async function removeTools(bare: BareRoot): Promise<void> {
  const folders = [...new Set(newcomersPath()?.split(':'))].join(' ');
  const listed = await bare.run(`ls -1 ${folders} 2>/dev/null; true`);
  const names = listed.stdout.split('\n').filter((name) => tools.test(name));
  const paths = folders.split(' ').flatMap((folder) => names.map((name) => `'${folder}/${name}'`));
  const gone = await bare.run(
    [
      `rm -f ${paths.join(' ')}`,
      'rm -rf /usr/include/node /usr/local/include/node /root/.pyenv /root/.cache/node-gyp',
      'for file in /root/.npmrc /usr/etc/npmrc /usr/local/etc/npmrc /etc/npmrc; do [ ! -e $file ] || sed -i /nodedir/d $file; done',
    ].join(' && '),
  );
  if (gone.exit !== 0) throw new Error(`The tools could not be hidden: ${gone.stderr}`);
}

/** What git knows or would add: the tree as a clone of the next commit would be. */
async function copyClone(target: string): Promise<void> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  });
  for (const path of listed.split('\0')) {
    if (path === '' || !existsSync(join(repository, path))) continue;
    await mkdir(dirname(join(target, path)), {recursive: true});
    await cp(join(repository, path), join(target, path));
  }
}

/** PATH without the programs of this repository; undefined when no node and npm are left. */
function newcomersPath(): string | undefined {
  const {PATH = ''} = process.env;
  const folders = PATH.split(':').filter(
    (folder) => folder.startsWith('/') && !/node_modules|\/\.pyenv\//.test(folder),
  );
  const has = (name: string) => folders.some((folder) => existsSync(join(folder, name)));
  return has('node') && has('npm') ? folders.join(':') : undefined;
}

/** Where the copies lie: on a disk rather than in memory, if there is one. */
function baseFolder(): string {
  const tmpfs = 0x01021994;
  return [tmpdir(), '/var/tmp'].find((folder) => existsSync(folder) && statfsSync(folder).type !== tmpfs) ?? tmpdir();
}
