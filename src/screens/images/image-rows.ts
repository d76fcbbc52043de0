import type {Theme} from '../../ui/theme/theme.ts';
import {age, bytes} from '../../ui/widgets/amounts.ts';
import {cellWidth, fit, fitRight, plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row, type Span} from '../../ui/widgets/rows.ts';
import type {ShownOrder} from './image-graph.ts';
import {type ImageItem, imageBases, imageReason, imageState} from './image-items.ts';
import type {ShownLine} from './images-shown.ts';

/** Cells of each column; 0 leaves it out. */
export interface ImageColumns {
  readonly name: number;
  readonly component: number;
  readonly state: number;
  readonly reason: number;
  readonly bases: number;
  readonly size: number;
  readonly age: number;
}

/** What fits into a width: name and state always, the reason next, the rest where there is room. */
export function imageColumns(items: readonly ImageItem[], width: number, nameCells = 0): ImageColumns {
  const state = 11;
  const longest = items.reduce((most, item) => Math.max(most, cellWidth(item.image.name)), Math.max(4, nameCells));
  const name = Math.max(
    4,
    Math.min(longest, width - state - 1, Math.max(width < 70 ? 24 : 34, Math.floor(width * 0.35))),
  );
  let left = width - name - 1 - state;
  const take = (wanted: number, keep: number): number => {
    if (left - wanted - 1 < keep) return 0;
    left -= wanted + 1;
    return wanted;
  };
  const size = take(7, 34);
  const old = take(4, 34);
  const differs = items.some((item) => item.image.component !== item.image.name);
  const component = differs ? take(18, 34) : 0;
  const bases = take(26, 34);
  const reason = left - 1 < leastReason ? 0 : left - 1;
  return {
    name: reason === 0 ? name + Math.max(0, Math.min(left, longest - name)) : name,
    component,
    state,
    reason,
    bases,
    size,
    age: old,
  };
}

/** A reason in fewer cells says nothing. */
const leastReason = 10;

/** The line above the list. */
export function imageHeader(columns: ImageColumns): Row {
  return row(
    joinCells([
      [fit('NAME', columns.name), columns.name],
      [fit('COMPONENT', columns.component), columns.component],
      [fit('STATE', columns.state), columns.state],
      [fit('WHY', columns.reason), columns.reason],
      [fit('STANDS ON', columns.bases), columns.bases],
      [fitRight('SIZE', columns.size), columns.size],
      [fitRight('AGE', columns.age), columns.age],
    ]),
    'quiet',
  );
}

/** One image in one row; `lead` is what a tree puts before the name, `also` what stands after it. */
export function imageRow(item: ImageItem, columns: ImageColumns, theme: Theme, now: number, lead = '', also = ''): Row {
  const {glyph, word} = imageState(item);
  const {status} = item;
  const cells: [Span, number][] = [
    [{text: fit(lead + item.image.name + also, columns.name, theme.glyphs.ellipsis)}, columns.name],
    [{text: fit(item.image.component, columns.component, theme.glyphs.ellipsis), tone: 'quiet'}, columns.component],
    [
      {
        text: fit(`${glyph === 'running' ? theme.glyphs.spinner : theme.glyphs[glyph]} ${word}`, columns.state),
        tone: glyph,
      },
      columns.state,
    ],
    [{text: fit(plain(imageReason(item)), columns.reason, theme.glyphs.ellipsis)}, columns.reason],
    [{text: fit(plain(imageBases(item)), columns.bases, theme.glyphs.ellipsis), tone: 'quiet'}, columns.bases],
    [{text: fitRight(status?.sizeBytes === undefined ? '' : bytes(status.sizeBytes), columns.size)}, columns.size],
    [{text: fitRight(status?.builtAt === undefined ? '' : age(now - status.builtAt), columns.age)}, columns.age],
  ];
  return cells
    .filter(([, width]) => width > 0)
    .flatMap(([span], index) => (index === 0 ? [span] : [{text: ' '}, span]));
}

/** What leads to an image in the graph: branches of the tree, or the number of a step where one begins. */
export function graphLead(line: ShownLine, theme: Theme): string {
  if ('step' in line) return fit(line.step, 3);
  const {trunk} = line.tree;
  return trunk
    .map((goesOn, index) => {
      if (index === trunk.length - 1) return goesOn ? theme.glyphs.branch : theme.glyphs.lastBranch;
      return goesOn ? theme.glyphs.trunk : '  ';
    })
    .join('');
}

/** What else an image of the graph stands on, beside what it is drawn below: ' + hadoop-ai'. */
export function graphAlso(line: ShownLine): string {
  return 'tree' in line && line.tree.also.length > 0 ? ` + ${line.tree.also.join(', ')}` : '';
}

/** Everything about one image, as rows of a width. */
export function imageDetail(
  item: ImageItem,
  order: ShownOrder,
  width: number,
  theme: Theme,
  now: number,
): readonly Row[] {
  const {image, component, status} = item;
  const {glyph, word} = imageState(item);
  const rows: Row[] = [];
  const labelled = (label: string, values: readonly string[], tone?: Span['tone']): void => {
    const lines = values.flatMap((value) => wrap(plain(value), Math.max(8, width - 11)));
    for (const [index, line] of lines.entries()) {
      rows.push([
        {text: fit(index === 0 ? label : '', 11), tone: 'quiet'},
        {text: line, tone},
      ]);
    }
  };
  labelled('state', [`${theme.glyphs[glyph]} ${word}`], glyph);
  labelled(
    'now',
    item.live === undefined ? [] : [`${imageReason(item) || 'it waits for its turn'}, in run ${item.live.run}`],
    glyph,
  );
  labelled('why', status?.reasons ?? []);
  labelled('stands on', order.needs.get(image.name) ?? []);
  labelled('base', image.foreignBases);
  labelled('needed by', order.neededBy.get(image.name) ?? []);
  labelled('component', [image.component]);
  labelled('copies', component?.copies ?? []);
  labelled('dockerfile', [image.dockerfile]);
  labelled('context', [image.context]);
  labelled(
    'hooks',
    [component?.preHook, component?.postHook].filter((hook) => hook !== undefined),
  );
  labelled('templates', image.templates);
  labelled('buildkit', image.needsBuildkit ? [`line ${image.needsBuildkit.line}: ${image.needsBuildkit.because}`] : []);
  labelled('local name', [image.localName]);
  labelled('size', status?.sizeBytes === undefined ? [] : [bytes(status.sizeBytes)]);
  labelled('built', status?.builtAt === undefined ? [] : [agoWords(now - status.builtAt)]);
  labelled('id', status?.id === undefined ? [] : [status.id.slice(0, 19)]);
  labelled('pushed as', status?.pushedAs === undefined ? [] : [status.pushedAs]);
  return rows;
}

function joinCells(cells: readonly (readonly [string, number])[]): string {
  return cells
    .filter(([, width]) => width > 0)
    .map(([text]) => text)
    .join(' ');
}

function agoWords(milliseconds: number): string {
  const word = age(milliseconds);
  return word === 'now' ? 'just now' : `${word} ago`;
}
