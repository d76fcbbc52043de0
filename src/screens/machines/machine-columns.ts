import type {MachineLook} from '../../engine/index.ts';
import {age} from '../../ui/widgets/amounts.ts';
import {cellWidth, plain} from '../../ui/widgets/cells.ts';
import type {Span} from '../../ui/widgets/rows.ts';
import type {Column} from '../../ui/widgets/table-columns.ts';
import {fullestDisk, gpuCount, machineReason, machineState} from './machine-items.ts';

/** Cells that contents take: found once for many drawings, because a thousand machines are looked at for it. */
export interface MachineCells {
  readonly name: number;
  readonly address: number;
  readonly role: number;
  readonly sku: number;
  readonly os: number;
  readonly docker: number;
  /** 0 where no machine has any. */
  readonly gpu: number;
  readonly why: number;
}

export function machineCells(items: readonly MachineLook[]): MachineCells {
  const widest = (text: (look: MachineLook) => string): number =>
    items.reduce((most, look) => Math.max(most, cellWidth(text(look))), 0);
  const column = (title: string, text: (look: MachineLook) => string, most: number): number => {
    const cells = widest(text);
    return cells === 0 ? 0 : Math.min(most, Math.max(cells, title.length));
  };
  return {
    name: Math.max(6, column('NAME', nameOf, 24)),
    address: column('ADDRESS', ({machine}) => machine.address, 24),
    role: column('ROLE', roleOf, 13),
    sku: column('SKU', ({machine}) => machine.sku?.name ?? '', 14),
    os: column('OS', osOf, 22),
    docker: column('DOCKER', dockerOf, 10),
    gpu: column('GPU', gpuWords, 7),
    why: widest(machineReason) === 0 ? 0 : 16,
  };
}

/**
 * What is shown of each machine. Name and state always; then, as room allows: when it was seen, address, role, why it is
 * not as it should be, GPUs, sku, load, disk, docker, operating system. A column without room for it is left out.
 */
export function machineColumns(cells: MachineCells): readonly Column<MachineLook>[] {
  const text = (title: string, width: number, priority: number, of: (look: MachineLook) => string) =>
    ({
      title,
      width,
      priority,
      cell: (look) => ({text: plain(of(look)), tone: 'quiet'}),
      compare: (a, b) => collator.compare(of(a), of(b)),
    }) satisfies Column<MachineLook>;
  return [
    {
      ...text('NAME', cells.name, 0, nameOf),
      min: Math.min(cells.name, 12),
      cell: (look) => ({text: plain(nameOf(look))}),
    },
    text('ADDRESS', cells.address, 2, ({machine}) => machine.address),
    text('ROLE', cells.role, 3, roleOf),
    {
      title: 'STATE',
      width: 13,
      priority: 0,
      cell: (look, {theme}) => {
        const {glyph, word} = machineState(look);
        return {text: `${theme.glyphs[glyph]} ${word}`, tone: glyph};
      },
      compare: (a, b) => machineState(a).rank - machineState(b).rank,
    },
    {
      title: 'SEEN',
      width: 5,
      align: 'right',
      priority: 1,
      cell: (look, {now}) => seenCell(look, now),
      compare: (a, b) => (b.seenAt ?? 0) - (a.seenAt ?? 0),
    },
    {
      title: 'GPU',
      width: cells.gpu,
      align: 'right',
      priority: 5,
      cell: (look) => ({text: gpuWords(look), tone: lacksGpus(look) ? 'warning' : undefined}),
      compare: (a, b) => (gpuCount(b)?.seen ?? -1) - (gpuCount(a)?.seen ?? -1),
    },
    text('SKU', cells.sku, 6, ({machine}) => machine.sku?.name ?? ''),
    {
      title: 'LOAD',
      width: 5,
      align: 'right',
      priority: 7,
      cell: ({facts}) => ({
        text: facts?.load?.[0].toFixed(1) ?? '',
        tone: facts?.load && facts.load[0] > 2 * facts.cpus ? 'warning' : undefined,
      }),
      compare: (a, b) => (b.facts?.load?.[0] ?? -1) - (a.facts?.load?.[0] ?? -1),
    },
    {
      title: 'DISK',
      width: 5,
      align: 'right',
      priority: 8,
      cell: diskCell,
      compare: (a, b) => (fullestDisk(b)?.used ?? -1) - (fullestDisk(a)?.used ?? -1),
    },
    text('DOCKER', cells.docker, 9, dockerOf),
    text('OS', cells.os, 10, osOf),
    {
      title: 'WHY',
      width: cells.why,
      grow: 1,
      priority: 4,
      cell: (look) => ({text: plain(machineReason(look)), tone: machineState(look).glyph}),
    },
  ];
}

const collator = new Intl.Collator('en', {numeric: true});

/** From this share on a disk is named; from the second on it is about to be full. */
export const diskBounds = {warning: 0.85, failed: 0.95};

function nameOf({machine}: MachineLook): string {
  return machine.name;
}

function roleOf({machine}: MachineLook): string {
  return machine.roles.join(',');
}

function osOf({facts}: MachineLook): string {
  return facts?.os ?? '';
}

function dockerOf({facts}: MachineLook): string {
  if (facts?.docker) return facts.docker.running ? (facts.docker.version ?? 'running') : 'stopped';
  return facts ? 'none' : '';
}

/** '7/8', of those expected; what was not seen yet is '–'. */
function gpuWords(look: MachineLook): string {
  const gpus = gpuCount(look);
  if (!gpus) return '';
  const {seen, expected} = gpus;
  if (expected === undefined) return String(seen ?? '');
  return `${seen ?? '?'}/${expected}`;
}

function lacksGpus(look: MachineLook): boolean {
  const {seen, expected} = gpuCount(look) ?? {};
  return seen !== undefined && expected !== undefined && seen < expected;
}

function seenCell({seenAt, state}: MachineLook, now: number): Span {
  if (seenAt === undefined) return {text: state === 'asking' ? '' : 'never', tone: 'quiet'};
  return {text: age(now - seenAt), tone: state === 'up' || state === 'degraded' ? 'quiet' : 'warning'};
}

function diskCell(look: MachineLook): Span {
  const fullest = fullestDisk(look);
  if (!fullest) return {text: ''};
  const {used} = fullest;
  return {
    text: `${Math.round(used * 100)}%`,
    tone: used >= diskBounds.failed ? 'failed' : used >= diskBounds.warning ? 'warning' : undefined,
  };
}
