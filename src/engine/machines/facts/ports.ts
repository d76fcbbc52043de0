/** Ports that something listens on, from whichever of ss, netstat and the kernel's tables the machine has. */

import type {Answer} from '../../machine-answer.ts';
import type {PortFact} from '../types.ts';

/** By port, each once for every address. */
export function portsIn(answer: Answer): PortFact[] {
  const found = [
    ...answer.lines('ports-ss').map(ofSs),
    ...answer.lines('ports-netstat').map(ofNetstat),
    ...answer.lines('ports-proc').map(ofProc),
  ].filter((port) => port !== undefined);
  const once = new Map(found.map((port) => [`${port.protocol} ${port.address} ${port.port}`, port]));
  return [...once.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}

/** 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))' */
function ofSs(line: string): PortFact | undefined {
  const [protocol, state, , , local, , ...rest] = line.trim().split(/\s+/);
  if (state !== 'LISTEN' && state !== 'UNCONN') return undefined;
  return portOf(protocol, local, /\(\("([^"]+)"/.exec(rest.join(' '))?.[1]);
}

/** 'tcp6 0 0 :::22 :::* LISTEN 1/sshd', 'udp 0 0 0.0.0.0:68 0.0.0.0:* 500/dhclient' */
function ofNetstat(line: string): PortFact | undefined {
  const [protocol = '', , , local, , ...rest] = line.trim().split(/\s+/);
  const process = /(?:^|\s)\d+\/(\S+)/.exec(rest.join(' '))?.[1]?.replace(/:$/, '');
  return portOf(protocol.replace(/6$/, ''), local, process);
}

/** 'tcp 0100007F:07E8': each 32 bits of the address as the processor has them, which is little-endian on all of ours. */
function ofProc(line: string): PortFact | undefined {
  const [, protocol, address, port] = /^(tcp|udp) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(line) ?? [];
  if (address === undefined || port === undefined) return undefined;
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) =>
    [6, 4, 2, 0].map((at) => Number.parseInt(word.slice(at, at + 2), 16)),
  );
  const text = bytes.length === 4 ? bytes.join('.') : ipv6Of(bytes);
  return portOf(protocol, `${text}:${Number.parseInt(port, 16)}`);
}

/** RFC 5952: the longest run of two or more zero groups becomes '::'. */
function ipv6Of(bytes: readonly number[]): string {
  const groups = Array.from({length: 8}, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  const text = groups.join(':');
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length);
  const [longest] = runs;
  if (!longest) return text;
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

function portOf(protocol: string | undefined, local = '', process?: string): PortFact | undefined {
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined;
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(local) ?? [];
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) return undefined;
  // Older ones write [::], others ::; some name the device: 127.0.0.53%lo.
  const address = host.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  return {port: Number(port), protocol, address, ...(process ? {process} : {})};
}
