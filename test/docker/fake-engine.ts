import {createHash} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {extract} from 'tar-stream';

/** A Docker engine in this process that does the little the contract asks for, and whatever faults a test wants. */
export interface FakeEngine {
  readonly socket: string;
  /** Every request so far: 'POST /build', and the headers it came with. */
  readonly requests: readonly {readonly what: string; readonly headers: IncomingMessage['headers']}[];
  close(): Promise<void>;
}

/** Answers in place of the fake when it returns true. */
export type Fault = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

interface Image {
  readonly id: string;
  readonly tags: Set<string>;
  readonly digests: Set<string>;
}

export async function startFakeEngine(fault: Fault = () => false): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'pai-fake-engine-'));
  const socket = join(folder, 's');
  const requests: {what: string; headers: IncomingMessage['headers']}[] = [];
  const engine = createState();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://engine');
    requests.push({what: `${request.method} ${url.pathname}`, headers: request.headers});
    response.on('error', () => {});
    if (!fault(request, response, url.pathname)) engine(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

function createState(): (request: IncomingMessage, response: ServerResponse, url: URL) => void {
  const images: Image[] = [{id: hash('busybox'), tags: new Set(['busybox:latest']), digests: new Set()}];
  const registry = new Map<string, string>();
  const withTag = (name: string) => (name.lastIndexOf(':') > name.lastIndexOf('/') ? name : `${name}:latest`);
  const find = (name: string) => images.find((image) => image.id === name || image.tags.has(withTag(name)));
  const tag = (image: Image, name: string) => {
    for (const other of images) other.tags.delete(name);
    image.tags.add(name);
  };

  return (request, response, url) => {
    const json = (status: number, body: unknown) => {
      response.writeHead(status, {'Content-Type': 'application/json'}).end(JSON.stringify(body));
    };
    const say = (message: unknown) => response.write(`${JSON.stringify(message)}\r\n`);
    const path = url.pathname;
    const of = (pattern: RegExp) => pattern.exec(path)?.[1];

    if (path === '/_ping') response.end('OK');
    else if (path === '/version') json(200, {Version: '20.10.24', ApiVersion: '1.41', Os: 'linux', Arch: 'amd64'});
    else if (path === '/info') json(200, {Name: 'fake', ID: 'FAKE', NCPU: 2});
    else if (path === '/networks') json(200, [{Name: 'bridge'}]);
    else if (path === '/images/create') pull(`${url.searchParams.get('fromImage')}:${url.searchParams.get('tag')}`);
    else if (path === '/build') build().catch((error: unknown) => json(500, {message: String(error)}));
    else if (of(/^\/images\/(.+)\/json$/)) inspect(of(/^\/images\/(.+)\/json$/) ?? '');
    else if (of(/^\/images\/(.+)\/tag$/)) {
      const image = find(of(/^\/images\/(.+)\/tag$/) ?? '');
      if (!image) return json(404, {message: 'No such image'});
      tag(image, `${url.searchParams.get('repo')}:${url.searchParams.get('tag')}`);
      response.writeHead(201).end();
    } else if (of(/^\/images\/(.+)\/push$/)) push(of(/^\/images\/(.+)\/push$/) ?? '');
    else if (of(/^\/distribution\/(.+)\/json$/)) {
      const digest = registry.get(of(/^\/distribution\/(.+)\/json$/) ?? '');
      if (digest) json(200, {Descriptor: {digest}, Platforms: []});
      else json(404, {message: 'manifest unknown: manifest unknown'});
    } else json(404, {message: 'page not found'});

    function inspect(name: string): void {
      const image = find(name);
      if (!image) json(404, {message: `No such image: ${name}`});
      else json(200, imageAnswer(image));
    }

    function push(repository: string): void {
      const reference = `${repository}:${url.searchParams.get('tag')}`;
      const image = find(reference);
      say({status: `The push refers to repository [${repository}]`});
      if (!image) {
        const said = `An image does not exist locally with the tag: ${repository}`;
        say({errorDetail: {message: said}, error: said});
        response.end();
        return;
      }
      const digest = hash(`manifest ${image.id}`);
      say({status: 'Preparing', progressDetail: {}, id: 'aaaa'});
      if (registry.get(reference) === digest) {
        say({status: 'Layer already exists', progressDetail: {}, id: 'aaaa'});
      } else {
        for (const current of [100, 200, 300])
          say({status: 'Pushing', progressDetail: {current, total: 300}, id: 'aaaa'});
        say({status: 'Pushed', progressDetail: {}, id: 'aaaa'});
      }
      registry.set(reference, digest);
      image.digests.add(`${repository}@${digest}`);
      say({status: `v1: digest: ${digest} size: 528`});
      say({progressDetail: {}, aux: {Tag: 'v1', Digest: digest, Size: 528}});
      response.end();
    }

    function pull(reference: string): void {
      const digest = registry.get(reference);
      if (!digest) {
        json(404, {message: `manifest for ${reference} not found: manifest unknown`});
        return;
      }
      say({status: 'Pulling from repository', id: url.searchParams.get('tag')});
      say({status: `Digest: ${digest}`});
      say({status: `Status: Image is up to date for ${reference}`});
      response.end();
    }

    async function build(): Promise<void> {
      const files = await unpack(request);
      const lines = (files.get(url.searchParams.get('dockerfile') ?? '') ?? '').split('\n');
      const wrong = lines.findIndex((line) => line !== '' && !/^(FROM|RUN|COPY) /.test(line));
      if (wrong >= 0) {
        const word = lines[wrong]?.split(' ')[0];
        return json(400, {message: `dockerfile parse error line ${wrong + 1}: unknown instruction: ${word}`});
      }
      const steps = lines.filter((line) => line !== '');
      response.writeHead(200, {'Content-Type': 'application/json'});
      for (const [index, step] of steps.entries()) {
        say({stream: `Step ${index + 1}/${steps.length} : ${step}`});
        say({stream: '\n'});
        if (!runStep(step)) return;
      }
      const id = hash(lines.join('\n'));
      const image = find(id) ?? {id, tags: new Set<string>(), digests: new Set<string>()};
      if (!images.includes(image)) images.push(image);
      tag(image, withTag(url.searchParams.get('t') ?? ''));
      say({aux: {ID: id}});
      say({stream: `Successfully built ${id.slice(7, 19)}\n`});
      say({stream: `Successfully tagged ${url.searchParams.get('t')}\n`});
      response.end();
    }

    /** False when the build ends, or hangs, at this step. */
    function runStep(step: string): boolean {
      const base = /^FROM (\S+)/.exec(step)?.[1];
      if (base && !find(base)) {
        const said = `manifest for ${base} not found: manifest unknown: manifest unknown`;
        say({errorDetail: {message: said}, error: said});
        response.end();
        return false;
      }
      for (const [, text] of step.matchAll(/echo ([^;>]+)/g)) say({stream: `${text?.replaceAll('"', '')}\n`});
      const exit = /exit (\d+)/.exec(step)?.[1];
      if (exit) {
        const said = `The command '/bin/sh -c ${step.slice(4)}' returned a non-zero code: ${exit}`;
        say({errorDetail: {code: Number(exit), message: said}, error: said});
        response.end();
      }
      return !exit && !/sleep \d/.test(step);
    }
  };
}

function imageAnswer({id, tags, digests}: Image): unknown {
  return {Id: id, RepoTags: [...tags], RepoDigests: [...digests], Size: 4242, Created: '2026-11-20T20:19:05Z'};
}

async function unpack(request: IncomingMessage): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const entry of request.pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name, Buffer.concat(chunks).toString('utf8'));
  }
  return files;
}

function hash(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
