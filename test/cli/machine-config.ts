import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Machines} from '../../src/engine/machines/types.ts';
import {createFakeEngine} from '../helpers/fake-engine.ts';
import {type CommandOptions, openCommand, runCommand} from './open-command.ts';

/** A folder that looks like a configuration, for commands that are given a fake engine. */
export function makeConfig(): {readonly folder: string; remove(): void} {
  const folder = mkdtempSync(join(tmpdir(), 'pai-machines-'));
  writeFileSync(join(folder, 'layout.yaml'), '');
  return {folder, remove: () => rmSync(folder, {recursive: true, force: true})};
}

function withMachines(machines: Machines, options: CommandOptions): CommandOptions {
  return {...options, engine: {...createFakeEngine().engine, machines}};
}

export function runWith(machines: Machines, argv: readonly string[], options: CommandOptions = {}) {
  return runCommand(argv, withMachines(machines, options));
}

export function openWith(machines: Machines, argv: readonly string[], options: CommandOptions = {}) {
  return openCommand(argv, withMachines(machines, options));
}
