import {type ChildProcess, spawn} from 'node:child_process';
import {createPrivateKey, randomBytes, sign, X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout as sleep} from 'node:timers/promises';
import {makeCertificate} from './certificates.ts';

/** A real registry that sends everybody to a server for tokens, as Docker Hub, Harbor and GitLab do. */
export interface TokenRegistry {
  readonly address: string;
  /** How tokens were asked for: 'nobody', 'operator' by password, 'refresh' by identity token; in order. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Tokens are given to operator with the password, and to whoever has the identity token. */
export async function startTokenRegistry(password: string, identityToken: string): Promise<TokenRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'pai-token-registry-'));
  makeCertificate(folder, 'tokens');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void whoAsks(request, password, identityToken).then((who) => {
      asked.push(who ?? 'refused');
      if (who === undefined) return response.writeHead(401, json).end('{"details":"wrong"}');
      const token = tokenFor(folder, who, scopesOf(request, who));
      return response.writeHead(200, json).end(JSON.stringify({token, access_token: token}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {child, address} = await startRegistry(folder, (server.address() as AddressInfo).port);
  return {address, asked, stop: () => stop(child, server, folder)};
}

const json = {'Content-Type': 'application/json'};
const bodies = new WeakMap<IncomingMessage, URLSearchParams>();

async function whoAsks(request: IncomingMessage, password: string, identityToken: string): Promise<string | undefined> {
  if (request.method === 'POST') {
    const body = new URLSearchParams(await text(request));
    bodies.set(request, body);
    return body.get('refresh_token') === identityToken ? 'refresh' : undefined;
  }
  const given = request.headers.authorization;
  if (!given) return 'nobody';
  return given === `Basic ${Buffer.from(`operator:${password}`).toString('base64')}` ? 'operator' : undefined;
}

/** What was asked for; nobody gets nothing. */
function scopesOf(request: IncomingMessage, who: string): unknown[] {
  const query = bodies.get(request) ?? new URL(request.url ?? '/', 'http://tokens').searchParams;
  const scopes = query.getAll('scope').flatMap((scope) => scope.split(' '));
  if (who === 'nobody') return [];
  return scopes.filter(Boolean).map((scope) => {
    const [type, ...rest] = scope.split(':');
    return {type, name: rest.slice(0, -1).join(':'), actions: rest.at(-1)?.split(',')};
  });
}

function tokenFor(folder: string, subject: string, access: unknown[]): string {
  const certificate = new X509Certificate(readFileSync(join(folder, 'tokens.pem'))).raw.toString('base64');
  const now = Math.floor(Date.now() / 1000);
  const claims = {iss: 'tests', sub: subject, aud: 'tests', iat: now, nbf: now - 60, exp: now + 600, access};
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({typ: 'JWT', alg: 'ES256', x5c: [certificate]})}.${part({...claims, jti: String(now)})}`;
  const key = createPrivateKey(readFileSync(join(folder, 'tokens-key.pem')));
  return `${unsigned}.${sign('sha256', Buffer.from(unsigned), {key, dsaEncoding: 'ieee-p1363'}).toString('base64url')}`;
}

async function startRegistry(folder: string, tokens: number): Promise<{child: ChildProcess; address: string}> {
  const realm = `http://127.0.0.1:${tokens}/token`;
  writeFileSync(
    join(folder, 'config.yml'),
    `version: 0.1\nlog: {level: info, formatter: json}\nstorage: {filesystem: {rootdirectory: ${folder}/storage}}\n` +
      `http: {addr: '127.0.0.1:0', secret: ${randomBytes(16).toString('hex')}}\n` +
      `auth: {token: {realm: '${realm}', service: tests, issuer: tests, rootcertbundle: ${folder}/tokens.pem}}\n`,
  );
  // It ends with us, in whatever way we end: then its shell reads the end of its stdin.
  const script = 'docker-registry serve "$0" & read -r _; kill $!; wait';
  const child = spawn('sh', ['-c', script, join(folder, 'config.yml')], {stdio: ['pipe', 'pipe', 'pipe']});
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  for (let tries = 0; tries < 600; tries += 1) {
    const address = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
    if (address) return {child, address};
    await sleep(50);
  }
  child.stdin.end();
  throw new Error(`The registry did not start: ${log}`);
}

async function stop(child: ChildProcess, server: Server, folder: string): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
  server.closeAllConnections();
  server.close();
  rmSync(folder, {recursive: true});
}
