/** The registry of a configuration: where images go, and who may push. */

import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {Era} from '../catalog/types.ts';
import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import {Secret} from '../secret.ts';
import {hasErrors} from './problems.ts';
import {checkRegistryValues} from './registry-checks.ts';
import {type RegistrySection, type RegistryValues, readRegistrySection} from './registry-section.ts';
import {largestFile, readSourceFile} from './source-file.ts';
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
  const yaml = file === undefined ? undefined : (await readSourceFile(file, problems))?.yaml;
  if (file === undefined || yaml?.value === undefined) return {problems};

  const reading = await readRegistry(yaml, file, tree);
  problems.push(...reading.problems);
  if (reading.hasPassword) await warnIfReadableByAll(file, problems);
  return {problems, ...(reading.settings ? {settings: reading.settings} : {})};
}

/** The same of a file that was read before; who may read the file is left to the caller. */
export async function readRegistry(
  yaml: YamlFile,
  file: string,
  tree: {readonly toolRoot?: string; readonly era: Era},
): Promise<RegistryReading & {readonly hasPassword: boolean}> {
  const problems: Problem[] = [];
  const defaults = tree.toolRoot === undefined ? usualDefaults(tree.era) : await treeDefaults(tree.toolRoot, tree.era);
  const section = readRegistrySection(yaml, tree.era, file, problems);
  if (section.isBroken) return {problems, hasPassword: false};
  const values: RegistryValues = {...defaults, ...section.values};
  problems.push(...checkRegistryValues(values, section, file));
  if (tree.era >= 'F') noteDefaults(defaults, section, file, problems);
  const {domain, namespace, tag, username, password, secretName} = values;
  const hasPassword = password !== undefined;
  const isWrong = hasErrors(problems);
  if (isWrong || domain === undefined || namespace === undefined || tag === undefined) return {problems, hasPassword};
  return {
    problems,
    hasPassword,
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

/** What cluster.yaml of the known trees says, for a configuration without a tree. */
function usualDefaults(era: Era): RegistryValues {
  if (era < 'F') return earlyDefaults(era);
  return {domain: 'docker.io', namespace: 'openpai', tag: 'latest', secretName: 'regsecret'};
}

/** F and later keep defaults in the tree; the original builder did not look there (B15). */
async function treeDefaults(toolRoot: string, era: Era): Promise<RegistryValues> {
  if (era < 'F') return earlyDefaults(era);
  const file = join(toolRoot, 'src/cluster/config/cluster.yaml');
  const problems: Problem[] = [];
  // Reading a pipe of that name would wait for ever.
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile() || facts.size > largestFile) return {};
  const text = await readFile(file, 'utf8').catch(() => '');
  // What is wrong in a file of defaults shows as a setting that is missing.
  return readRegistrySection(await readYamlText(text, file), 'defaults', file, problems).values;
}

function earlyDefaults(era: Era): RegistryValues {
  return era < 'D' ? {tag: 'latest'} : {};
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
