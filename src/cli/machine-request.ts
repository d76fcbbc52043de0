import {resolve} from 'node:path';
import {
  type MachineInfo,
  type MachineSecrets,
  type Machines,
  type MachinesRequest,
  type Problem,
  ProblemError,
} from '../engine/index.ts';
import type {Context} from './context.ts';
import {misuse} from './misuse.ts';
import {plainLine} from './plain.ts';
import {passwordFromFile} from './secrets.ts';
import {findConfig} from './where.ts';

/** Machines as a command asks for them. */
export interface Asked {
  readonly machines: Machines;
  readonly request: MachinesRequest & {readonly secrets: MachineSecrets};
}

/** What the words of a command say of machines. The sample's are nobody's: `config-missing` unless `sampleToo`. */
export async function readRequest(
  context: Context,
  {sampleToo = false}: {readonly sampleToo?: boolean} = {},
): Promise<Asked> {
  const {engine, world, output, options, names} = context;
  const {config, tree, note} = await findConfig(engine, world, options);
  if (note && !sampleToo) {
    throw new ProblemError({
      code: 'config-missing',
      message: `No configuration was named, and ${world.cwd} is none. The machines of the sample are not there to be asked.`,
      hint: 'Name it with --config DIR or PAI_CONFIG, or go to its folder.',
    });
  }
  if (note) output.say(`note: ${note}`);
  return {
    machines: engine.machines,
    request: {
      config,
      ...(tree ? {source: tree.root} : {}),
      names,
      ...(typeof options['node-list'] === 'string' ? {nodeList: resolve(world.cwd, options['node-list'])} : {}),
      ...(typeof options.jump === 'string' ? {jump: options.jump} : {}),
      secrets: await givenSecrets(context),
    },
  };
}

/** What files that flags or variables name say of how to log in. */
export async function givenSecrets({world, options}: Context): Promise<MachineSecrets> {
  const password = await passwordFromFile(options['password-file'], 'PAI_PASSWORD_FILE', world);
  const jumpPassword = await passwordFromFile(options['jump-password-file'], 'PAI_JUMP_PASSWORD_FILE', world);
  return {...(password ? {password} : {}), ...(jumpPassword ? {jumpPassword} : {})};
}

/**
 * The machines a request names, in the order of the configuration. Its warnings are those of `machine list` and
 * `config check`, and would only be in the way here. Throws `usage` where there is no machine: `@workers&@masters`.
 */
export async function namedMachines({machines, request}: Asked): Promise<readonly MachineInfo[]> {
  const {machines: found} = await machines.list(request);
  if (found.length === 0) throw noMachines({machines, request});
  return found;
}

/** Whether it says that host keys of this computer do not count, because a file or a line of known_hosts cannot be read. */
export function isUnreadKeys({code, severity}: Problem): boolean {
  return code === 'file-unreadable' && severity === 'warning';
}

export function noMachines({request: {names}}: Asked): ProblemError {
  return misuse(
    names.length === 0 ? 'The configuration has no machines.' : `No machine is in ${plainLine(names.join(' '))}.`,
    names.length === 0 ? undefined : 'See the machines and groups with: pai-tui machine list --offline',
  );
}
