import type {ImageRequest} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {markKeys, matchKeys, moveKeys} from '../../ui/widgets/list-keys.ts';
import {cursorIndex, type ListAction, nextFound, reduceList} from '../../ui/widgets/list-state.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {openApproval} from '../approval/ApprovalDialog.tsx';
import {commandOf, queryCommand} from '../command-line.ts';
import {showCommand} from '../show-command.tsx';
import {imageSorts} from './image-items.ts';
import {chosenNames} from './images-shown.ts';
import {buildingImpossible, engineProblem, type ImagesState, imageProblems, imageViews} from './images-state.ts';

/** Does something to the list that is shown now. */
export function actOnImages(app: AppModel, action: ListAction): void {
  const state = app.images.get();
  if (state.view === 'problems') {
    const keys = imageProblems(state).map((_, index) => String(index));
    app.images.set({problems: reduceList(state.problems, action, keys)});
    return;
  }
  const {keys, found} = app.images.shown();
  const among = action.type === 'mark-all' ? keys.filter((key) => found.has(key)) : keys;
  app.images.set({list: reduceList(state.list, action, among), detailTop: 0});
  if (action.type === 'filter') goToMatch(app, 1, -1);
}

/** Goes to the next or previous image the filter found, or, a step of 1 from one before, stays where one was found. */
function goToMatch(app: AppModel, direction: 1 | -1, shift = 0): void {
  const {list} = app.images.get();
  const {keys, found} = app.images.shown();
  const key = nextFound(keys, found, cursorIndex(list, keys) + shift, direction);
  if (key !== undefined) actOnImages(app, {type: 'to-key', key});
}

/** What the keys must know of the drawing: rows of a page, and of the description. */
export interface ImagesRoom {
  readonly page: number;
  readonly detailRows: number;
}

export function useImagesKeys(app: AppModel, state: ImagesState, room: ImagesRoom): void {
  const {images} = app;
  const moving = (action: ListAction): void => {
    const {detailFocused, detailTop, view} = images.get();
    if (!detailFocused || view === 'problems') {
      actOnImages(app, action);
      return;
    }
    const highest = Math.max(0, room.detailRows - room.page - 1);
    const target = action.type === 'move' ? detailTop + action.by : action.type === 'to' ? action.index : detailTop;
    images.set({detailTop: Math.max(0, Math.min(highest, target))});
  };
  const viewAt = (by: number) =>
    imageViews[(imageViews.indexOf(images.get().view) + by + imageViews.length) % imageViews.length] ?? 'list';
  const names = (): readonly string[] => chosenNames(images.shown(), images.get().list);
  const view = (by: number): void => {
    images.set({view: viewAt(by), detailFocused: false});
  };
  const listOnly =
    state.view === 'problems' ? {disabled: 'Problems are listed here: go back to the images with [.'} : {};
  const change = changeDisabled(app, state);
  const amount = state.list.marks.size;
  const of = amount > 0 ? `the ${count(amount, 'marked image')}` : 'the image under the cursor';
  const build: KeyBinding = {
    keys: ['B'],
    word: amount > 0 ? `build ${amount}` : 'build',
    help: `Build ${of} and what it stands on; the plan is shown first. Mark all with * to build everything.`,
    ...(change === undefined ? {} : {disabled: change}),
    run: () => openApproval(app, requestFor(app, 'image build', names())),
  };
  const push: KeyBinding = {
    keys: ['P'],
    word: amount > 0 ? `push ${amount}` : 'push',
    help: `Push ${of} to the registry; the plan is shown first.`,
    ...(change === undefined ? {} : {disabled: change}),
    run: () => openApproval(app, requestFor(app, 'image push', names())),
  };
  const cursor = images.shown().items[cursorIndex(state.list, images.shown().keys)]?.live;
  const output: KeyBinding = {
    keys: ['l'],
    word: 'output',
    help: 'Open the run that is busy with the image under the cursor, at what it says.',
    quiet: cursor === undefined,
    ...(cursor ? {} : {disabled: 'No run is busy with this image now. 5 shows all runs.'}),
    run: () => {
      const {items, keys} = images.shown();
      const live = items[cursorIndex(images.get().list, keys)]?.live;
      if (live) app.openRun(live.run, live.task);
    },
  };
  useKeyTable(
    [
      {
        keys: ['enter', 'd'],
        word: state.detailFocused ? 'back' : 'open',
        help: 'Everything about the image under the cursor; again: back to the list.',
        ...listOnly,
        run: () => images.set({detailFocused: !images.get().detailFocused, detailTop: 0}),
      },
      build,
      push,
      output,
      ...markKeys(moving).map((binding) => ({...binding, ...listOnly})),
      {
        keys: ['/'],
        word: 'filter',
        help: 'Show only what has these words; in the graph n and N go to it.',
        ...listOnly,
        run: () => images.set({filtering: true}),
      },
      ...matchKeys(state.list.filter, (direction) => goToMatch(app, direction)).map((binding) => ({
        ...binding,
        ...listOnly,
      })),
      {keys: [']'], word: viewAt(1), help: 'The next view: list, graph, problems.', run: () => view(1)},
      {
        keys: ['['],
        word: 'view before',
        help: 'The view before: problems, graph, list.',
        quiet: true,
        run: () => view(-1),
      },
      {
        keys: ['o'],
        word: state.view === 'graph' ? (state.asLevels ? 'tree' : 'steps') : 'sort',
        help: 'List: sort by name, state, build order, size, age. Graph: as a tree, or in the steps that could build at once.',
        ...listOnly,
        run: () => {
          if (images.get().view === 'graph') images.set({asLevels: !images.get().asLevels});
          else actOnImages(app, {type: 'sort', of: imageSorts.length});
        },
      },
      {
        keys: ['tab', 'shift-tab'],
        word: 'pane',
        help: 'Move between the list and the description.',
        quiet: true,
        ...listOnly,
        run: () => images.set({detailFocused: !images.get().detailFocused}),
      },
      ...moveKeys(moving, room.page),
      {
        keys: ['ctrl-r'],
        word: 'refresh',
        help: 'Read the tree again and ask the engine and the registries of foreign bases.',
        quiet: buildingImpossible(state) === undefined,
        run: () => {
          images.refresh({checkBases: true});
          app.say('Reading the tree and asking again.');
        },
      },
      {
        keys: ['!'],
        word: 'command',
        help: 'Show the headless command that builds this.',
        run: () => {
          const {state: stateHome} = app.settings;
          showCommand(app, [
            ['Build', commandOf(requestFor(app, 'image build', names()), stateHome)],
            ['Push', commandOf(requestFor(app, 'image push', names()), stateHome)],
            ['State', queryCommand(app.settings, ['image', 'status', ...names()])],
          ]);
        },
      },
      {
        keys: ['esc'],
        word: 'back',
        help: 'Leave the description, then the filter, then the marks.',
        quiet: true,
        run: () => {
          const now = images.get();
          if (now.detailFocused) images.set({detailFocused: false});
          else if (now.list.filter !== '') actOnImages(app, {type: 'filter', text: ''});
          else if (now.list.marks.size > 0) actOnImages(app, {type: 'clear'});
          else if (now.view !== 'list') images.set({view: 'list'});
        },
      },
    ],
    {layer: 'screen', title: 'Images', active: !state.filtering},
  );
}

function requestFor(app: AppModel, operation: ImageRequest['operation'], names: readonly string[]): ImageRequest {
  const {source, config} = app.settings;
  const where = {source, names, ...(config === undefined ? {} : {config})};
  if (operation === 'image push') return {operation, ...where};
  return {operation, ...where, force: false, noCache: false, builder: 'auto'};
}

/** Why nothing can be built or pushed now, and how to change that. */
function changeDisabled(app: AppModel, state: ImagesState): string | undefined {
  if (app.settings.readOnly) return 'This is read-only: open pai-tui without --readonly to build or push.';
  if (state.treeProblem) return `${state.treeProblem.message} [ says more; Ctrl-r reads the tree again.`;
  if (!state.catalog) return 'The tree is not read yet.';
  if (state.view === 'problems') return 'Problems are listed here: go back to the images with [.';
  if (state.catalog.images.length === 0) return 'This tree has no images.';
  const problem = engineProblem(state);
  return problem && `${problem.message} [ says what to do; Ctrl-r asks again.`;
}
