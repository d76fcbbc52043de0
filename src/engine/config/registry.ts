/** The registry of a configuration: where images go, and who may push. */

import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {Era} from '../catalog/types.ts';
import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import {Secret} from '../secret.ts';
import {checkRegistryValues} from './registry-checks.ts';
import {type RegistrySection, type RegistryValues, readRegistrySection} from './registry-section.ts';
import type {YamlFile} from './yaml.ts';

export interface RegistrySettings {
  /** As written: a host with or without port, `docker.io`, or `public` for Docker Hub. */
  readonly domain: string;
  /** May be empty. */
  readonly namespace: string;
  readonly tag: string;
  /** Absent: nobody logs in with what the configuration says. */
  readonly username?: string;
  readonly password?: Secret;
  /** Name of the Kubernetes secret that services pull with. */
  readonly secretName?: string;
  /** The file it was read from, absolute when the configuration was. */
  readonly file: string;
}

export interface RegistryReading {
  /** Absent when there is no configuration or something needed is missing or wrong in it. */
  readonly settings?: RegistrySettings;
  /** Every mistake at once; warnings too. */
  readonly problems: readonly Problem[];
}

/**
 * Reads services-configuration.yaml of a configuration folder in its old or new format, or the single file of era A;
 * what it leaves out comes from the defaults of the tree. `config` may also name the file itself. Without a
 * configuration there are neither settings nor problems. Never throws.
 */
export async function readRegistrySettings(
  config: string | undefined,
  tree: {readonly toolRoot: string; readonly era: Era},
): Promise<RegistryReading> {
  if (config === undefined) return {problems: []};
  const problems: Problem[] = [];
  const file = await configurationFile(config, tree.era, problems);
  const yaml = file === undefined ? undefined : await readYamlFile(file, problems);
  if (file === undefined || yaml?.value === undefined) return {problems};

  const defaults = await treeDefaults(tree);
  const section = readRegistrySection(yaml, tree.era, file, problems);
  const values: RegistryValues = {...defaults, ...section.values};
  problems.push(...checkRegistryValues(values, section, file));
  if (tree.era >= 'F') noteDefaults(defaults, section, file, problems);
  const {domain, namespace, tag, username, password, secretName} = values;
  if (password !== undefined) await warnIfReadableByAll(file, problems);
  const isWrong = problems.some(({severity}) => severity === undefined || severity === 'error');
  if (isWrong || domain === undefined || namespace === undefined || tag === undefined) return {problems};
  return {
    problems,
    settings: {
      domain,
      namespace,
      tag,
      ...(username === undefined ? {} : {username}),
      ...(password === undefined ? {} : {password: new Secret(password)}),
      ...(secretName === undefined ? {} : {secretName}),
      file,
    },
  };
}

/** `config get` of v0.8 wrote the misspelt name (2.6). */
const fileNames = ['services-configuration.yaml', 'serivces-configuration.yaml'];
const fileNameOfA = 'clusterconfig.yaml';

async function configurationFile(config: string, era: Era, problems: Problem[]): Promise<string | undefined> {
  const facts = await stat(config).catch(() => undefined);
  if (facts?.isFile()) return config;
  const wanted = era === 'A' ? [fileNameOfA, ...fileNames] : fileNames;
  const missing = (message: string, hint: string) => {
    problems.push({code: 'config-missing', message, hint, file: config});
    return undefined;
  };
  if (!facts?.isDirectory()) {
    return missing(
      `The configuration ${displayText(config)} ${facts ? 'is no folder' : 'does not exist'}.`,
      `Give the folder that holds ${wanted[0]} with --config DIR or PAI_CONFIG.`,
    );
  }
  for (const name of wanted) {
    const file = join(config, name);
    if (!(await stat(file).catch(() => undefined))?.isFile()) continue;
    if (name === fileNames[1]) {
      problems.push({
        code: 'config-invalid',
        severity: 'warning',
        message: `${name} is read here, but the original tools do not read that spelling.`,
        hint: `Rename it to ${fileNames[0]}.`,
        file,
      });
    }
    return file;
  }
  return missing(
    `${displayText(config)} holds no ${wanted.join(' and no ')}.`,
    `Add ${wanted[0]}, or give another folder with --config DIR.`,
  );
}

/** Bytes; real ones have some kilobytes. */
const largestFile = 4 * 1024 * 1024;

async function readYamlFile(file: string, problems: Problem[]): Promise<YamlFile | undefined> {
  try {
    const {size} = await stat(file);
    if (size > largestFile) {
      const message = `${displayText(file)} is too large for a configuration (${size} bytes, at most ${largestFile}).`;
      problems.push({code: 'file-unreadable', message, file});
      return undefined;
    }
    const yaml = await readYamlText(await readFile(file, 'utf8'), file);
    problems.push(...yaml.problems);
    return yaml;
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const message = `${displayText(file)} cannot be read: ${code === 'EACCES' ? 'permission denied' : code}.`;
    problems.push({code: 'file-unreadable', message, hint: 'Check its owner and mode.', file});
    return undefined;
  }
}

/** F and later keep defaults in the tree; the original builder did not look there (B15). */
async function treeDefaults(tree: {readonly toolRoot: string; readonly era: Era}): Promise<RegistryValues> {
  if (tree.era < 'F') return tree.era < 'D' ? {tag: 'latest'} : {};
  const file = join(tree.toolRoot, 'src/cluster/config/cluster.yaml');
  const problems: Problem[] = [];
  // Reading a pipe of that name would wait for ever.
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile() || facts.size > largestFile) return {};
  const text = await readFile(file, 'utf8').catch(() => '');
  // What is wrong in a file of defaults shows as a setting that is missing.
  return readRegistrySection(await readYamlText(text, file), 'defaults', file, problems).values;
}

/** Loads the YAML library when there is something to read. */
async function readYamlText(text: string, file: string): Promise<YamlFile> {
  const {readYaml} = await import('./yaml.ts');
  return readYaml(text, file);
}

/** Somebody who forgot to say where images go should hear where they would go. */
function noteDefaults(defaults: RegistryValues, section: RegistrySection, file: string, problems: Problem[]): void {
  const taken = (['domain', 'namespace', 'tag'] as const).filter(
    (setting) => section.values[setting] === undefined && defaults[setting] !== undefined,
  );
  const [first] = taken;
  if (first === undefined) return;
  const list = taken.map((setting) => `${setting} ${displayText(defaults[setting] ?? '')}`).join(', ');
  problems.push({
    code: 'registry-setting-missing',
    severity: 'notice',
    message: `The configuration does not set all of the registry; from the defaults of the tree: ${list}.`,
    hint: 'Set it in the configuration if images go elsewhere.',
    file,
    ...section.place(first),
  });
}

async function warnIfReadableByAll(file: string, problems: Problem[]): Promise<void> {
  const mode = (await stat(file).catch(() => undefined))?.mode ?? 0;
  if ((mode & 0o004) === 0) return;
  problems.push({
    code: 'config-invalid',
    severity: 'warning',
    message: `${displayText(file)} holds a password and can be read by everybody on this computer.`,
    hint: `Run: chmod o-r ${displayText(file)}`,
    file,
  });
}
