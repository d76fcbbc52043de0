import type {Problem} from '../../engine/index.ts';
import type {State, Theme} from '../../ui/theme/theme.ts';
import {cut, plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {problemWords} from '../problem-words.ts';
import {imageSorts} from './image-items.ts';
import type {ShownImages} from './images-shown.ts';
import {buildingImpossible, type ImagesState, imageProblems} from './images-state.ts';

/** 'Images 12 ─ Graph ─ Problems 2', with filter, marks and sort of the view that is shown. */
export function imagesTitle(state: ImagesState, shown: ShownImages, theme: Theme): Row {
  const problems = imageProblems(state);
  const words = {
    list: `Images ${shown.all.length}`,
    graph: 'Graph',
    problems: problems.length > 0 ? `Problems ${problems.length}` : 'Problems',
  };
  const title: Row[number][] = [];
  for (const view of ['list', 'graph', 'problems'] as const) {
    if (title.length > 0) title.push({text: ` ${theme.glyphs.separator} `, tone: 'quiet'});
    const warns = view === 'problems' && problems.length > 0;
    title.push({text: words[view], tone: view === state.view ? 'title' : warns ? 'warning' : 'quiet'});
  }
  const {list, view} = state;
  const notes: string[] = [];
  if (view !== 'problems') {
    if (list.filter !== '') notes.push(`filter: ${list.filter} (${shown.items.length})`);
    if (list.marks.size > 0) notes.push(`${list.marks.size} marked`);
    if (list.anchor !== undefined) notes.push('range');
    const sort = imageSorts[list.sort % imageSorts.length];
    if (view === 'list' && sort !== 'name') notes.push(`by ${sort}`);
  }
  if (state.reading || state.asking) notes.push(state.reading ? 'reading the tree' : 'asking');
  for (const note of notes) title.push({text: ` ${theme.glyphs.separator} ${note}`, tone: 'accent'});
  return title;
}

/** What is missing and what to do about it, above the list; most often nothing. */
export function bannerRows(state: ImagesState, width: number, theme: Theme): readonly Row[] {
  // Where there is no tree the list itself says so.
  if (state.treeProblem && !state.catalog) return [];
  const impossible = buildingImpossible(state);
  if (impossible) {
    const said = wrap(`${theme.glyphs.warning} ${problemWords(impossible)}`, width);
    const lines = said.length <= 2 ? said : [said[0] ?? '', cut(said.slice(1).join(' '), width, theme.glyphs.ellipsis)];
    const rest = 'All but building and pushing works. Ctrl-r asks again; [ shows every problem.';
    return [...lines.map((line) => row(line, 'warning')), row(cut(rest, width, theme.glyphs.ellipsis))];
  }
  const [other, ...more] = [...(state.statusProblem ? [state.statusProblem] : []), ...(state.report?.problems ?? [])];
  if (!other) return [];
  const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
  return wrap(`${theme.glyphs[severityState(other)]} ${problemWords(other)}${rest}`, width)
    .slice(0, 2)
    .map((line) => row(line, severityState(other)));
}

/** Why the list is empty, and what to do. */
export function emptyRows(state: ImagesState, width: number, theme: Theme): readonly Row[] {
  const say = (text: string, tone?: Row[number]['tone']): readonly Row[] =>
    wrap(text, Math.max(8, width - 2)).map((line) => [{text: ' '}, {text: line, tone}]);
  if (state.treeProblem) {
    const {message, hint, detail} = state.treeProblem;
    return [
      ...say(`${theme.glyphs.failed} ${plain(message)}`, 'failed'),
      ...(hint ? say(plain(hint)) : []),
      ...(detail ? detail.split('\n').flatMap((line) => say(plain(line), 'quiet')) : []),
      [],
      ...say('Ctrl-r reads it again. Open another tree with: pai-tui -s DIR', 'key'),
    ];
  }
  if (!state.catalog) return say('Reading the tree.', 'quiet');
  if (state.list.filter !== '') return say(`No image answers "${state.list.filter}". Esc shows all of them.`);
  return say(
    'This tree has no images. An image is declared by src/<component>/build/<image>.*dockerfile; put one there and press Ctrl-r.',
  );
}

/** The problems of a tree: a row for each, and everything about the one under the cursor. */
export function problemRows(
  problems: readonly Problem[],
  cursor: number,
  width: number,
  theme: Theme,
): {readonly line: (index: number) => Row; readonly detail: readonly Row[]} {
  const line = (index: number): Row => {
    const problem = problems[index];
    if (!problem) return [];
    const state = severityState(problem);
    const place =
      problem.file === undefined ? '' : `${problem.file}${problem.line === undefined ? '' : `:${problem.line}`} `;
    return [
      {text: `${theme.glyphs[state]} `, tone: state},
      {text: plain(place), tone: 'quiet'},
      {text: plain(problem.message)},
    ];
  };
  const chosen = problems[cursor];
  if (!chosen) return {line, detail: []};
  const said: Row[] = [[]];
  for (const [text, tone] of [
    [`${chosen.file ?? ''}${chosen.line === undefined ? '' : `:${chosen.line}`}`, 'quiet'],
    [chosen.message, severityState(chosen)],
    [chosen.hint ?? '', undefined],
    [chosen.detail ?? '', 'quiet'],
  ] as const) {
    if (text === '') continue;
    for (const part of text.split('\n')) {
      for (const wrapped of wrap(plain(part), Math.max(8, width - 2))) said.push([{text: '  '}, {text: wrapped, tone}]);
    }
  }
  return {line, detail: said};
}

function severityState({severity}: Problem): State {
  return severity === 'notice' ? 'unknown' : severity === 'warning' ? 'warning' : 'failed';
}
