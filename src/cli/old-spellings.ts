import {basename} from 'node:path';
import {parseArgs} from 'node:util';
import {didYouMean} from './did-you-mean.ts';
import {flags, isFlagName} from './flags.ts';
import {misuse} from './misuse.ts';

/** An argument list in the words of an older tool, and what it is called today. */
export interface Rewritten {
  /** As it was typed. */
  readonly was: readonly string[];
  /** One argument list, or two for what built and pushed in one go. */
  readonly becomes: readonly (readonly string[])[];
  /** The tree may come from --source, PAI_SOURCE or the current folder alone, as these tools had no other. */
  readonly treeIsHere: boolean;
}

/**
 * Which script of the older tools the words name whose work this version does not do, with what it acted on:
 * 'deploy.py, which acts on services,'.
 */
export function whatLaterScriptsDo(argv: readonly string[]): string | undefined {
  const script = basename(withoutInterpreter(argv)[0] ?? '');
  return Object.hasOwn(laterScripts, script) ? `${script}, which acts on ${laterScripts[script]},` : undefined;
}

const laterScripts: Readonly<Record<string, string>> = {
  'deploy.py': 'services',
  'cleanup-service.py': 'services',
  'prepare_hadoop_config.sh': 'services',
  'bootstrap.py': 'clusters and machines',
  'k8sClusterManagement.py': 'clusters and machines',
};

/**
 * Understands `docker_build.py -p -n`, `paictl.py image build|push -p -n` and `pai_build.py build -c -s` /
 * `push -c -i`, `cluster generate-configuration -i -o -f`, `cluster k8s-bootup -p`, `cluster k8s-clean -p -f` and `machine add|remove -p -l`, with and without the name of the script (and of python before it). Undefined when the words are today's.
 * Throws `usage` where a name is announced and none comes: without names everything would be built.
 */
export function rewriteOldSpelling(argv: readonly string[]): Rewritten | undefined {
  const typed = withoutInterpreter(argv);
  const script = scripts.find((name) => name === basename(typed[0] ?? ''));
  const words = script ? typed.slice(1) : argv;
  if (script === 'docker_build.py') return dockerBuild(argv, words);
  const [first, second] = positionalsOf(words);
  if (first === 'build' || first === 'push') return paiBuild(argv, words, first);
  if (script === 'pai_build.py' && first !== undefined) {
    throw misuse(`pai_build.py builds and pushes, and has no "${first}".`, didYouMean(first, ['build', 'push']));
  }
  if (first === 'image' && (second === 'build' || second === 'push')) return paictl(argv, words, script !== undefined);
  if (first === 'cluster' && (second === 'k8s-bootup' || second === 'k8s-clean'))
    return paictl(argv, words, script !== undefined);
  if (first === 'machine' && (second === 'add' || second === 'remove'))
    return paictl(argv, words, script !== undefined);
  if (first === 'cluster' && second === 'generate-configuration') return generateConfiguration(argv, words);
  return script ? {was: argv, becomes: [words], treeIsHere: false} : undefined;
}

/** Scripts of operators start them through an interpreter as often as not, which may have flags of its own. */
function withoutInterpreter(argv: readonly string[]): readonly string[] {
  const [first = '', ...more] = argv;
  if (!/^(?:python[\d.]*|bash|sh)$/.test(basename(first))) return argv;
  const script = more.findIndex((word) => !word.startsWith('-'));
  return script < 0 ? argv : more.slice(script);
}

const scripts = ['docker_build.py', 'paictl.py', 'pai_build.py'];

type Extra = Record<string, {type: 'string'; short: string}>;

/** v0.1–v0.5: built and pushed what was named; without -n everything. */
function dockerBuild(was: readonly string[], words: readonly string[]): Rewritten {
  const {config, names, rest, positionals} = read(words, withConfigPath);
  // What only a build understands is not handed to the push.
  const forPush = rest.filter(([flag = '']) => !buildOnly.includes(flag));
  return {
    was,
    becomes: [
      ['image', 'build', ...config, ...rest.flat(), ...names, ...positionals],
      ['image', 'push', ...config, ...forPush.flat(), ...names, ...positionals],
    ],
    treeIsHere: true,
  };
}

const buildOnly = ['--force', '--no-cache', '--check-bases', '--builder'];

/** v0.6–v0.7: `image build -p DIR -n IMAGE`; all later ones: `cluster k8s-bootup -p DIR`, `cluster k8s-clean -p DIR -f`. Today's flags alone make it today's spelling. */
function paictl(was: readonly string[], words: readonly string[], named: boolean): Rewritten | undefined {
  const {config, names, rest, positionals, old} = read(words, withConfigPath);
  if (!old && !named) return undefined;
  return {was, becomes: [[...positionals, ...config, ...rest.flat(), ...names]], treeIsHere: false};
}

/** v0.8 and later: there -s names components and -i images, several after one flag, in any case. */
function paiBuild(was: readonly string[], words: readonly string[], verb: 'build' | 'push'): Rewritten {
  const {config, names, rest, positionals} = read(words, verb === 'build' ? withComponents : withImages);
  const several = [...names, ...positionals.slice(1)].map((name) => name.toLowerCase());
  return {was, becomes: [['image', verb, ...config, ...rest.flat(), ...several]], treeIsHere: true};
}

/** v0.6–v0.7: `cluster generate-configuration -i FILE -o DIR [-f]`; later the same flags as today. */
function generateConfiguration(was: readonly string[], words: readonly string[]): Rewritten {
  const {rest, positionals} = read(words, {});
  return {was, becomes: [['config', 'generate', ...rest.flat(), ...positionals.slice(2)]], treeIsHere: true};
}

const withConfigPath: Extra = {
  'config-path': {type: 'string', short: 'p'},
  'image-name': {type: 'string', short: 'n'},
};
const withComponents: Extra = {service: {type: 'string', short: 's'}};
const withImages: Extra = {image: {type: 'string', short: 'i'}};

/** Splits old words into what they mean: the configuration, the names, and flags that are today's. */
function read(words: readonly string[], extra: Extra) {
  const config: string[] = [];
  const names: string[] = [];
  const rest: string[][] = [];
  const positionals: string[] = [];
  let old = false;
  for (const token of tokensOf(words, extra)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(extra, token.name)) {
      rest.push(asTyped(token));
      continue;
    }
    old = true;
    const value = oneValue(token);
    if (token.name === 'config-path') config.push('--config', value);
    // The word for the default of -n.
    else if (token.name !== 'image-name' || value !== 'all') names.push(value);
  }
  return {config, names, rest, positionals, old};
}

function oneValue(token: {rawName: string; value?: string | undefined; inlineValue?: boolean | undefined}): string {
  const {value, inlineValue} = token;
  if (value && (inlineValue || !value.startsWith('-'))) return value;
  throw misuse(`${token.rawName} needs a value.`);
}

function asTyped(token: {rawName: string; name: string; value?: string | undefined}): string[] {
  const spelled = isFlagName(token.name) ? `--${token.name}` : token.rawName;
  if (token.value === undefined) return [spelled];
  return isFlagName(token.name) ? [spelled, token.value] : [`${spelled}=${token.value}`];
}

function positionalsOf(words: readonly string[]): readonly string[] {
  return tokensOf(words, {}).flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
}

function tokensOf(words: readonly string[], extra: Extra) {
  const taken = new Set(Object.values(extra).map((option) => option.short));
  const today = Object.entries(flags).map(([name, flag]) => {
    const type = 'value' in flag ? ('string' as const) : ('boolean' as const);
    const short = 'short' in flag && !taken.has(flag.short) ? {short: flag.short} : {};
    return [name, {type, ...short}] as const;
  });
  const {tokens} = parseArgs({
    args: [...words],
    options: {...Object.fromEntries(today), ...extra},
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return tokens;
}
