/** What templates of quick-start files see as `env`. */

import type {Value} from '../../values/types.ts';
import {writeScalar} from '../edit/write-scalar.ts';
import {isAtLeast, type Release} from '../release.ts';
import type {Guesses} from './guesses.ts';
import type {QuickStart} from './quick-start.ts';

/** Texts are there as YAML writes them, quotes and all; what was not said is undefined. */
export function environmentOf(
  quickStart: QuickStart,
  release: Release,
  guesses: Guesses,
  reveal: (secret: string) => string,
): ReadonlyMap<string, Value> {
  const {machines, username, password, keyFile, secretName, port, dns, range} = quickStart;
  const [master = ''] = machines;
  const yaml = (text: string) => writeScalar(text, {inFlow: false});
  const secret = (text: string) => yaml(reveal(text));
  const isV09 = isAtLeast(release, 'v0.9') && !isAtLeast(release, 'v0.10');
  // v0.9 takes one of both, and v0.8 reads a key at each machine alone.
  const hasPassword = password !== undefined && !(isV09 && keyFile !== undefined);
  const isKeyAtHosts = isAtLeast(release, 'v0.8') && !isAtLeast(release, 'v0.9');
  const env = new Map<string, Value>([
    ['username', yaml(username)],
    ['port', port],
    ['master', yaml(master)],
    ['apiUrl', yaml(`http://${master}:8080`)],
    ['dashboardUrl', yaml(`http://${master}:9090`)],
    ['dns', yaml(dns ?? guesses.dns)],
    ['range', yaml(range ?? '10.254.0.0/16')],
    ['tag', yaml(guesses.tag)],
    ['jwtSecret', secret(guesses.jwtSecret)],
    ['adminPassword', secret(guesses.adminPassword)],
    ['machines', machines.map((address, index) => machine(yaml(address), index === 0, machines.length === 1))],
    ['isV06', !isAtLeast(release, 'v0.7')],
    ['isV08', isAtLeast(release, 'v0.8')],
    ['isV1', isAtLeast(release, 'v1.0')],
    ['hasHadoopVersion', !isAtLeast(release, 'v0.8')],
    ['hasDataPath', isAtLeast(release, 'v0.8')],
  ]);
  if (hasPassword) env.set('password', secret(password.reveal()));
  if (keyFile !== undefined && isAtLeast(release, 'v0.8'))
    env.set(isKeyAtHosts ? 'hostKeyfile' : 'keyfile', yaml(keyFile));
  if (secretName !== undefined && keyFile !== undefined) {
    env.set('secretName', yaml(secretName));
    env.set('secretKeyfile', yaml(keyFile));
  }
  if (dns !== undefined) env.set('givenDns', yaml(dns));
  if (range !== undefined) env.set('givenRange', yaml(range));
  return new Map([['env', env]]);
}

function machine(address: string, isMaster: boolean, isAlone: boolean): ReadonlyMap<Value, Value> {
  return new Map<Value, Value>([
    ['name', address],
    ['address', address],
    ['role', isMaster ? 'master' : 'worker'],
    ['master', isMaster],
    ['worker', !isMaster || isAlone],
  ]);
}
