import type {Problem} from '../problem.ts';
import type {MachineSecrets} from './types.ts';

/**
 * Which secret would help a machine that could not be asked; undefined where none would. A key with a passphrase names
 * its file; whoever else is turned away wants a password.
 */
export function wantedSecret({code, file}: Problem): keyof Pick<MachineSecrets, 'password' | 'passphrase'> | undefined {
  if (code === 'secret-missing') return file === undefined ? 'password' : 'passphrase';
  return code === 'login-refused' || code === 'sudo-refused' ? 'password' : undefined;
}
