import type {Problem} from '../../engine/index.ts';
import type {State, Theme} from '../../ui/theme/theme.ts';
import {cut, plain, wrap, wrapAtMost} from '../../ui/widgets/cells.ts';
import {type Row, row, rowWidth} from '../../ui/widgets/rows.ts';
import {problemWords} from '../problem-words.ts';
import {imageSorts} from './image-items.ts';
import type {ShownImages} from './images-shown.ts';
import {buildingImpossible, type ImagesState, imageProblems, imageViews} from './images-state.ts';

/**
 * 'Images 12 · Graph · Problems 2', with filter, marks and sort of the view that is shown; where that is wider than
 * `width` the other views are left out.
 */
export function imagesTitle(state: ImagesState, shown: ShownImages, width: number, theme: Theme): Row {
  const problems = imageProblems(state);
  const words = {
    list: `Images ${shown.all.length}`,
    graph: 'Graph',
    problems: problems.length > 0 ? `Problems ${problems.length}` : 'Problems',
  };
  const views = imageViews.flatMap((view, index): Row => {
    const warns = view === 'problems' && problems.length > 0;
    const word: Row[number] = {text: words[view], tone: view === state.view ? 'title' : warns ? 'warning' : 'quiet'};
    return index === 0 ? [word] : [{text: ` ${theme.glyphs.separator} `, tone: 'quiet'}, word];
  });
  const {list, view} = state;
  const notes: string[] = [];
  if (view !== 'problems') {
    if (list.filter !== '') notes.push(`filter: ${list.filter} (${shown.found.size})`);
    if (list.marks.size > 0) notes.push(`${list.marks.size} marked`);
    if (list.anchor !== undefined) notes.push('range');
    const sort = imageSorts[list.sort % imageSorts.length];
    if (view === 'list' && sort !== 'name') notes.push(`by ${sort}`);
  }
  if (state.reading || state.asking) notes.push(state.reading ? 'reading the tree' : 'asking');
  const noted: Row = notes.map((note) => ({text: ` ${theme.glyphs.separator} ${note}`, tone: 'accent'}));
  const whole = [...views, ...noted];
  return rowWidth(whole) <= width ? whole : [{text: words[state.view], tone: 'title'}, ...noted];
}

/** What is missing and what to do about it, above the list; most often nothing. */
export function bannerRows(state: ImagesState, width: number, height: number, theme: Theme): readonly Row[] {
  // Where there is no tree the list itself says so.
  if (state.treeProblem && !state.catalog) return [];
  const {ellipsis} = theme.glyphs;
  const impossible = buildingImpossible(state);
  if (impossible) {
    const said = wrapAtMost(
      `${theme.glyphs.warning} ${problemWords(impossible)}`,
      width,
      Math.min(2, height),
      ellipsis,
    );
    const what = state.treeProblem ? 'What was read before is shown.' : 'All but building and pushing works.';
    const rest = `${what} Ctrl-r asks again; [ shows every problem.`;
    return [...said.map((line) => row(line, 'warning')), row(cut(rest, width, ellipsis))].slice(0, height);
  }
  const [other, ...more] = [...(state.statusProblem ? [state.statusProblem] : []), ...(state.report?.problems ?? [])];
  if (!other) return [];
  const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
  const text = `${theme.glyphs[severityState(other)]} ${problemWords(other)}${rest}`;
  return wrapAtMost(text, width, Math.min(2, height), ellipsis).map((line) => row(line, severityState(other)));
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
  if (state.list.filter !== '') return say(`No image matches "${state.list.filter}". Esc shows all of them.`);
  return say(
    'This tree has no images. An image is declared by src/<component>/build/<image>.*dockerfile; put one there and press Ctrl-r.',
  );
}

/** The problems of a tree: a row for each, with places as seen from `source`, and everything about the one under the cursor. */
export function problemRows(
  problems: readonly Problem[],
  cursor: number,
  source: string,
  width: number,
  theme: Theme,
): {readonly line: (index: number) => Row; readonly detail: readonly Row[]} {
  const line = (index: number): Row => {
    const problem = problems[index];
    if (!problem) return [];
    const state = severityState(problem);
    const file = problem.file?.startsWith(`${source}/`) ? problem.file.slice(source.length + 1) : problem.file;
    const place = file === undefined ? '' : `${file}${problem.line === undefined ? '' : `:${problem.line}`} `;
    return [
      {text: `${theme.glyphs[state]} `, tone: state},
      // Most sentences begin with the place.
      {text: file === undefined || problem.message.includes(file) ? '' : plain(place), tone: 'quiet'},
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
