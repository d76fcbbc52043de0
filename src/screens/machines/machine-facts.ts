import type {DiskFact, MachineFacts, MachineLook} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {age, bytes, duration} from '../../ui/widgets/amounts.ts';
import {fit, plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row, type Span} from '../../ui/widgets/rows.ts';
import {problemNote} from '../problem-note.ts';
import {diskBounds} from './machine-columns.ts';
import {diskUse, gpuCount, machineState} from './machine-items.ts';

/** Everything that is known of one machine, as rows of a width: what is wrong with it first. */
export function machineFactRows(look: MachineLook, width: number, theme: Theme, now: number): readonly Row[] {
  const {machine, facts, problem, complaints} = look;
  const {glyph, word} = machineState(look);
  const rows: Row[] = [];
  const labelled = (label: string, text: string | undefined, tone?: Span['tone']): void => {
    if (text === undefined || text === '') return;
    for (const [index, line] of wrap(plain(text), Math.max(8, width - labelCells)).entries()) {
      rows.push([
        {text: fit(index === 0 ? label : '', labelCells), tone: 'quiet'},
        {text: line, tone},
      ]);
    }
  };
  labelled('state', `${theme.glyphs[glyph]} ${word}${seenWords(look, now)}`, glyph);
  if (problem) rows.push(...problemNote(problem, width, Number.POSITIVE_INFINITY, theme));
  for (const complaint of complaints) {
    rows.push(
      ...wrap(plain(complaint), Math.max(8, width - 2)).map((line, index) =>
        row(`${index === 0 ? theme.glyphs.warning : ' '} ${line}`, 'warning'),
      ),
    );
  }
  labelled(
    'login',
    `${machine.user ?? 'no user'} at ${machine.address}${machine.port === 22 ? '' : `, port ${machine.port}`}`,
  );
  labelled('role', [...machine.roles, ...machine.labels].join(', '));
  labelled('sku', skuWords(look));
  if (facts) factRows(look, facts, theme, labelled);
  return rows;
}

type Labelled = (label: string, text: string | undefined, tone?: Span['tone']) => void;

function factRows(look: MachineLook, facts: MachineFacts, theme: Theme, labelled: Labelled): void {
  const {memory, swap} = facts;
  const [one, five, fifteen] = facts.load ?? [];
  labelled('host', facts.hostName === look.machine.name ? undefined : `calls itself ${facts.hostName}`, 'warning');
  labelled(
    'os',
    [facts.os ?? 'unknown', `kernel ${facts.kernel.replace(/^Linux /, '')}`, facts.architecture].join(', '),
  );
  labelled('uptime', facts.uptimeSeconds === undefined ? undefined : duration(facts.uptimeSeconds * 1000));
  labelled('gpu', gpuLine(look), gpuLacking(look) ? 'warning' : undefined);
  for (const gpu of facts.gpus.filter(({driven}) => !driven)) {
    labelled(
      '',
      `${gpu.model}${gpu.slot === undefined ? '' : ` at ${gpu.slot}`}: the driver does not have it`,
      'warning',
    );
  }
  labelled('docker', serviceWords(facts.docker, facts.docker?.dataRoot), facts.docker?.running ? undefined : 'warning');
  labelled('containerd', facts.containerd && serviceWords(facts.containerd));
  labelled(
    'cpu',
    `${facts.cpus}${facts.cpuModel === undefined ? '' : ` × ${facts.cpuModel}`}`.replace('×', theme.ascii ? 'x' : '×'),
  );
  labelled('load', one === undefined ? undefined : `${[one, five, fifteen].map((load) => load?.toFixed(2)).join(' ')}`);
  labelled(
    'memory',
    memory.total === 0 ? undefined : `${bytes(memory.total - memory.available)} of ${bytes(memory.total)} used`,
  );
  labelled('swap', swap.total === 0 ? 'off' : `on, ${bytes(swap.used)} of ${bytes(swap.total)} used`);
  for (const [index, disk] of facts.disks.entries()) {
    labelled(index === 0 ? 'disks' : '', diskWords(disk), diskTone(disk));
  }
  labelled('clock', clockWords(facts));
  labelled('sudo', facts.sudo);
  labelled('cgroup', facts.cgroup);
  labelled('init', facts.initSystem);
  labelled('net', facts.addresses.map(({device, address}) => `${device} ${address}`).join(', '));
  labelled('ports', portWords(facts));
  labelled('leftovers', facts.leftovers.join(', '), 'warning');
  labelled('hung', facts.hung.join(', '), 'failed');
  labelled('not asked', facts.missing.join('; '), 'quiet');
}

const labelCells = 11;

function seenWords({seenAt, state, askedAt}: MachineLook, now: number): string {
  if (seenAt === undefined) return askedAt === undefined || state === 'asking' ? '' : ', never seen';
  const word = age(now - seenAt);
  return `, seen ${word === 'now' ? 'now' : `${word} ago`}`;
}

function skuWords({machine: {sku}}: MachineLook): string | undefined {
  if (!sku) return undefined;
  const parts = [
    ...(sku.gpu === undefined ? [] : [`${sku.gpu.count} × ${sku.gpu.type}`]),
    ...(sku.cpus === undefined ? [] : [`${sku.cpus} CPUs`]),
    // A number alone is GiB, as configurations before v1.0 have it.
    ...(sku.memory === undefined ? [] : [`memory ${sku.memory}${/^[\d.]+$/.test(sku.memory) ? ' GiB' : ''}`]),
  ];
  return parts.length === 0 ? sku.name : `${sku.name}: ${parts.join(', ')}`;
}

/** '8 expected, 7 seen (Tesla K80), driver 450.80' */
function gpuLine(look: MachineLook): string | undefined {
  const gpus = gpuCount(look);
  if (!gpus) return undefined;
  const {seen = 0, expected} = gpus;
  const models = [...new Set((look.facts?.gpus ?? []).filter(({driven}) => driven).map(({model}) => model))];
  const driver = look.facts?.gpuDriver;
  return [
    `${expected === undefined ? '' : `${expected} expected, `}${seen} seen${models.length > 0 ? ` (${models.join(', ')})` : ''}`,
    ...(driver === undefined ? [] : [`driver ${driver}`]),
  ].join(', ');
}

function gpuLacking(look: MachineLook): boolean {
  const {seen, expected} = gpuCount(look) ?? {};
  return seen !== undefined && expected !== undefined && seen < expected;
}

function serviceWords(service: {version?: string; running: boolean} | undefined, place?: string): string {
  if (!service) return 'not there';
  return [
    service.version ?? 'version unknown',
    service.running ? 'running' : 'not running',
    ...(place === undefined ? [] : [place]),
  ].join(', ');
}

/** '/ 12 GB free of 80 GB (85%), ext4' */
function diskWords(disk: DiskFact): string {
  const {mount, size, available, type, readOnly, inodesUsed = 0} = disk;
  const used = `${Math.round(diskUse(disk) * 100)}%${inodesUsed >= diskBounds.warning ? ' of its inodes' : ''}`;
  return `${mount} ${bytes(available)} free of ${bytes(size)} (${used} used), ${type}${readOnly ? ', read-only' : ''}`;
}

function diskTone(disk: DiskFact): Span['tone'] {
  const used = diskUse(disk);
  if (used >= diskBounds.failed || disk.readOnly) return 'failed';
  return used >= diskBounds.warning ? 'warning' : undefined;
}

/** '3.2s behind, give or take 0.1s': how far the machine's clock is from this one's. */
function clockWords({clock: {offsetMs, uncertainMs}, timeZone}: MachineFacts): string | undefined {
  const zone = timeZone === undefined ? '' : `, ${timeZone}`;
  if (!Number.isFinite(uncertainMs)) return timeZone;
  const unsure = `give or take ${shortTime(uncertainMs)}${zone}`;
  if (Math.abs(offsetMs) <= uncertainMs) return `as here, ${unsure}`;
  return `${shortTime(Math.abs(offsetMs))} ${offsetMs < 0 ? 'behind' : 'ahead'}, ${unsure}`;
}

function shortTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : duration(milliseconds);
}

function portWords({ports}: MachineFacts): string {
  const words = ports.map(
    ({port, protocol, process}) => `${port}/${protocol}${process === undefined ? '' : ` ${process}`}`,
  );
  return [...new Set(words)].join(', ');
}
