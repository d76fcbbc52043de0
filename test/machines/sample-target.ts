import type {SshTarget} from '../../src/engine/machine-tools.ts';
import {Secret} from '../../src/engine/secret.ts';

export function sampleTarget(name: string, more: Partial<SshTarget> = {}): SshTarget {
  const credentials = [{kind: 'password' as const, password: new Secret('secret of all machines')}];
  return {name, address: `${name}.example`, port: 22, user: 'ops', credentials, ...more};
}
