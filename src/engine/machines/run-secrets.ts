import type {Secret} from '../secret.ts';
import type {MachineSecrets} from './types.ts';

/** What the secrets of machines are called when they are handed to the runner of a run. */
const names = {
  password: 'machine-password',
  passphrase: 'machine-passphrase',
  jumpPassword: 'jump-password',
} as const satisfies Record<keyof MachineSecrets, string>;

/** To be handed over to the runner of a run. */
export function runSecrets(secrets: MachineSecrets = {}): ReadonlyMap<string, Secret> {
  return new Map(
    Object.entries(names).flatMap(([key, name]) => {
      const secret = secrets[key as keyof MachineSecrets];
      return secret ? [[name, secret] as const] : [];
    }),
  );
}

/** Which secrets there are. */
export function kindsOf(secrets: MachineSecrets = {}): readonly (keyof MachineSecrets)[] {
  return (Object.keys(names) as (keyof MachineSecrets)[]).filter((kind) => secrets[kind] !== undefined);
}

/** What was handed over to log in to machines with. */
export function machineSecrets(secrets: ReadonlyMap<string, Secret>): MachineSecrets {
  const found = Object.entries(names).flatMap(([key, name]) => {
    const secret = secrets.get(name);
    return secret ? [[key, secret] as const] : [];
  });
  return Object.fromEntries(found);
}
