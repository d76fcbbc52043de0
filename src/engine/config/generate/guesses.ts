import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {QuickStart} from './quick-start.ts';

/** What no quick-start file says, chosen as safely as it can be. */
export interface Guesses {
  readonly dns: string;
  /** How much the name server is to be trusted: said, found on this computer, or nothing better than the master. */
  readonly dnsFrom: 'said' | 'this computer' | 'the master';
  /** Of the images of the services. */
  readonly tag: string;
  readonly jwtSecret: string;
  readonly adminPassword: string;
}

/** `version`: what the tree says. */
export async function makeGuesses({dns, machines}: QuickStart, version: string | undefined): Promise<Guesses> {
  const found = dns ?? (await ownNameServer());
  return {
    dns: found ?? machines[0] ?? '',
    dnsFrom: dns !== undefined ? 'said' : found !== undefined ? 'this computer' : 'the master',
    tag: version?.trim() || unknownTag,
    jwtSecret: randomBytes(24).toString('base64url'),
    adminPassword: randomBytes(12).toString('hex'),
  };
}

/** What docker takes where no tag is given. */
export const unknownTag = 'latest';

/** One that machines could reach as well: no service of this computer alone. */
async function ownNameServer(): Promise<string | undefined> {
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  const servers = [...text.matchAll(/^\s*nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)].map(([, address = '']) => address);
  return servers.find((address) => !address.startsWith('127.') && address !== '0.0.0.0');
}
