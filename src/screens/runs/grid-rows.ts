import {cellWidth, fit, plain} from '../../ui/widgets/cells.ts';
import {type Row, row, type Span} from '../../ui/widgets/rows.ts';
import {type GridRow, hasFailed, type RunGrid} from './run-grid.ts';
import {type TaskLook, taskAside, taskElapsedWords, taskLook, taskRow} from './run-rows.ts';

/** Cells of each part of a row. */
export interface GridColumns {
  readonly name: number;
  readonly phase: number;
}

/** A glyph between brackets, which say where the cursor is. */
const narrowest = 3;
/** What is said of a machine beside its cells. */
const asideCells = 24;

export function gridColumns({phases, rows}: RunGrid, width: number): GridColumns {
  const longest = (words: readonly string[]): number =>
    words.reduce((most, word) => Math.max(most, cellWidth(word)), 0);
  const name = Math.min(longest(rows.flatMap(({machine}) => machine ?? [])), Math.max(8, Math.floor(width * 0.25)));
  const room = Math.floor((width - name - 1 - asideCells) / Math.max(1, phases.length));
  return {name, phase: Math.max(narrowest, Math.min(longest(phases) + 2, room))};
}

/** The names of the phases above their cells, as much of each as there is room for. */
export function gridHeader({phases}: RunGrid, {name, phase}: GridColumns): Row {
  return row(`${' '.repeat(name + 1)}${phases.map((word) => ` ${fit(word, phase - 2, '')} `).join('')}`, 'quiet');
}

/** One machine with a glyph for each of its tasks, and what it is at; or one task that is about all of them. */
export function gridRow(
  {machine, cells}: GridRow,
  selected: string | undefined,
  {name, phase}: GridColumns,
  look: TaskLook,
): Row {
  const [only] = cells;
  if (machine === undefined) return only ? taskRow(only, look) : [];
  const {width, theme, interrupted = false} = look;
  const glyphs = cells.map((task): Span => {
    if (!task) return {text: ' '.repeat(phase)};
    const {glyph, tone} = taskLook(task.status, interrupted, theme);
    const isUnchanged = task.status === 'done' && !task.changed;
    const text = task.id === selected ? `[${glyph}]` : ` ${glyph} `;
    return {text: text + ' '.repeat(phase - narrowest), tone: isUnchanged ? 'quiet' : tone};
  });
  const room = width - name - 1 - cells.length * phase - 1;
  return [
    {text: `${fit(plain(machine), name, theme.glyphs.ellipsis)} `},
    ...glyphs,
    ...(room < 4 ? [] : [{text: ' '}, asideOf({cells}, room, look)]),
  ];
}

/** What is worth saying of a machine: why it failed, else what it is at and for how long. */
function asideOf(shown: GridRow, room: number, {up, theme, silentMs}: TaskLook): Span {
  const task =
    shown.cells.find((cell) => cell?.status === 'failed') ?? shown.cells.find((cell) => cell?.status === 'running');
  if (!task) return {text: ''};
  const {text, tone} = taskAside(task, silentMs, theme);
  const phase = task.id.slice(task.id.indexOf('/') + 1);
  const words = hasFailed(shown)
    ? `${phase}: ${text}`
    : [phase, taskElapsedWords(task, up), text].filter(Boolean).join(' ');
  return {text: fit(words, room, theme.glyphs.ellipsis), tone: tone ?? 'quiet'};
}
