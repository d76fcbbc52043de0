/** Whether a machine gets an image: what its engine, the docker command, curl or wget say of it. */

import type {Answer} from '../../machine-answer.ts';
import {displayText} from '../../names.ts';
import {registryOf} from '../../tools.ts';
import {isInside, rangeOf} from './ranges.ts';
import type {DockerFact, ImageFact} from './types.ts';

/** `number` is that of the image among the arguments of check.sh. */
export function imageIn(answer: Answer, image: string, number: number, docker: DockerFact | undefined): ImageFact {
  if (answer.first(`here-${number}-exit`) === '0') return {image, state: 'here'};
  const of = (way: string) => ({
    exit: answer.first(`${way}-${number}-exit`),
    lines: answer.lines(`${way}-${number}`),
    errors: answer.lines(`${way}-${number}-error`),
    isHung: answer.lines('hung').includes(`${way}-${number}`),
  });
  const engine = of('engine');
  if (engine.exit !== undefined || engine.isHung) return {image, ...ofEngine(engine)};
  const manifest = of('manifest');
  if (manifest.exit !== undefined || manifest.isHung) return {image, ...ofCommand(manifest, image, docker)};
  const [https, http] = [of('https'), of('http')];
  if (https.exit === undefined && !https.isHung) return {image, state: 'unknown'};
  const found = ofRegistry(https);
  if (found.state !== 'unreachable') return {image, ...found};
  const plain = ofRegistry(http);
  return {
    image,
    ...(plain.state === 'there' ? {state: 'plain' as const} : plain.state === 'unreachable' ? found : plain),
  };
}

interface Said {
  readonly exit: string | undefined;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly isHung: boolean;
}

type Finding = Pick<ImageFact, 'state' | 'said'>;

/** GET /distribution/NAME/json: what the engine was told by the registry. */
function ofEngine({lines, errors, isHung}: Said): Finding {
  if (isHung) return inTime;
  const status = statusOf(lines);
  if (status === 200) return {state: 'there'};
  // curl has not reached the engine: that says nothing of the registry.
  if (status === undefined || status === 0) return {state: 'unknown', ...said(errors)};
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(lines.join(' '))?.[1] ?? '';
  return {state: stateOf(message, status), ...said([message.replaceAll('\\"', '"')])};
}

/**
 * `docker manifest inspect` goes to the registry by itself, always by TLS: one that the engine takes without is not
 * refused for that.
 */
function ofCommand({exit, errors, isHung}: Said, image: string, docker: DockerFact | undefined): Finding {
  if (isHung) return inTime;
  if (exit === '0') return {state: 'there'};
  const text = errors.join(' ');
  if (/HTTP response to HTTPS client/i.test(text)) {
    return takesPlain(image, docker) ? {state: 'unknown', ...said(errors)} : {state: 'plain'};
  }
  if (/is not a docker command|experimental/i.test(text)) return {state: 'unknown', ...said(errors)};
  return {state: stateOf(text, undefined), ...said(errors)};
}

/** As dockerd has it: its list names hosts and ranges, and this computer itself needs no TLS. */
function takesPlain(image: string, docker: DockerFact | undefined): boolean {
  const registry = registryOf(image);
  const address = rangeOf(registry.replace(/:\d+$/, ''));
  return (docker?.insecureRegistries ?? []).some((entry) => {
    const range = entry.includes('/') ? rangeOf(entry) : undefined;
    return entry === registry || (range !== undefined && address !== undefined && isInside(address, range));
  });
}

/** What a registry answered to the question for the manifest itself, by curl or wget. */
function ofRegistry({exit, lines, errors, isHung}: Said): Finding {
  if (isHung) return inTime;
  const status = statusOf([...lines, ...errors]);
  if (status === 200 || (status === undefined && exit === '0')) return {state: 'there'};
  if (status === undefined || status === 0) return {state: 'unreachable', ...said(errors)};
  return {state: stateOf('', status), said: `HTTP status ${status}`};
}

function stateOf(text: string, status: number | undefined): ImageFact['state'] {
  if (/HTTP response to HTTPS client/i.test(text)) return 'plain';
  // Registries say 'denied' and 'unauthorized' also of what is not there, so as not to tell.
  if (status === 401 || status === 403 || /unauthorized|denied|authentication required|no basic auth/i.test(text))
    return 'refused';
  if (status === 404 || /manifest unknown|no such manifest|not found|name unknown|does not exist/i.test(text)) {
    // A host that is not found is something else.
    return /no such host|server misbehaving|lookup /i.test(text) ? 'unreachable' : 'absent';
  }
  return 'unreachable';
}

/** The last one counts: wget tells those of redirections as well. */
function statusOf(lines: readonly string[]): number | undefined {
  const found = lines.flatMap((line) => /HTTP(?:\/[\d.]+)? (\d{3})\b/.exec(line)?.[1] ?? []);
  const last = found.at(-1);
  return last === undefined ? undefined : Number(last);
}

const inTime: Finding = {state: 'unreachable', said: 'It did not answer in time.'};

function said(lines: readonly string[]): {readonly said?: string} {
  const text = displayText(
    lines
      .filter((line) => line.trim() !== '')
      .slice(-2)
      .join(' ')
      .replace(/^curl: \(\d+\) /, ''),
  ).slice(0, 300);
  return text === '' ? {} : {said: text};
}
