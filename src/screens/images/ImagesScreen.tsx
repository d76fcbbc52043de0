import {Box} from 'ink';
import {useEffect, useMemo} from 'react';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {smallScreen} from '../../ui/widgets/Frame.tsx';
import {List} from '../../ui/widgets/List.tsx';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {cursorIndex} from '../../ui/widgets/list-state.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {quietRow, row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import type {AppModel} from '../app-model.ts';
import {useNow} from '../use-now.ts';
import {useStore} from '../use-store.ts';
import {detailBeside, imageListLook, widthOfList} from './image-list-look.ts';
import {bannerRows, emptyRows, imagesTitle, problemRows} from './image-notes.ts';
import {imageDetail} from './image-rows.ts';
import {actOnImages, useImagesKeys} from './images-keys.ts';
import type {ShownImages} from './images-shown.ts';
import {type ImagesState, imageProblems} from './images-state.ts';

export interface ImagesScreenProps {
  readonly app: AppModel;
  readonly width: number;
  readonly height: number;
}

/** The images of the tree: what each stands on, what would be built and why. */
export function ImagesScreen({app, width, height}: ImagesScreenProps) {
  const theme = useTheme();
  const state = useStore(app.images);
  useEffect(() => app.images.watchRuns(), [app]);
  const now = useNow(app, false);
  const shown = app.images.shown();
  const single = width < smallScreen.columns || height < smallScreen.rows - 3;
  const banner = bannerRows(state, width - 2, single ? 1 : 3, theme);
  const beside = width >= detailBeside && state.view !== 'problems';
  const listWidth = beside ? widthOfList(width) : width;
  const bodyHeight = Math.max(3, height - banner.length - (state.filtering ? 1 : 0));
  const describing = state.detailFocused;
  const page = Math.max(1, bodyHeight - panelBorder - 1);
  const cursor = cursorIndex(state.list, shown.keys);
  const item = shown.items[cursor];
  const detailRows = useMemo(
    () =>
      item && shown.order
        ? imageDetail(item, shown.order, (beside ? width - listWidth : width) - panelBorder - 2, theme, now)
        : [],
    [item, shown, beside, width, listWidth, theme, now],
  );

  useImagesKeys(app, state, {page, detailRows: detailRows.length});

  const list = (
    <Panel
      title={imagesTitle(state, shown, listWidth - panelBorder - 2, theme)}
      aside={
        state.view !== 'problems' && shown.keys.length > page ? row(`${cursor + 1}/${shown.keys.length}`, 'quiet') : []
      }
      width={listWidth}
      height={bodyHeight}
      focused={!describing}
    >
      {state.view === 'problems' ? (
        <ProblemList
          state={state}
          source={app.settings.source}
          width={listWidth - panelBorder}
          height={bodyHeight - panelBorder}
        />
      ) : (
        <ImageList
          state={state}
          shown={shown}
          cursor={cursor}
          width={listWidth - panelBorder}
          height={bodyHeight - panelBorder}
          now={now}
          focused={!describing}
        />
      )}
    </Panel>
  );
  const detailWidth = beside ? width - listWidth : width;
  const detail = (
    <Panel
      title={row(item?.image.name ?? 'Nothing chosen', 'title')}
      width={detailWidth}
      height={bodyHeight}
      focused={describing}
    >
      <Box paddingX={1}>
        <Rows
          rows={detailRows.slice(Math.min(state.detailTop, Math.max(0, detailRows.length - bodyHeight + panelBorder)))}
          width={detailWidth - panelBorder - 2}
          height={bodyHeight - panelBorder}
        />
      </Box>
    </Panel>
  );
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      {banner.length > 0 ? (
        <Box paddingX={1}>
          <Rows rows={banner} width={width - 2} height={banner.length} />
        </Box>
      ) : null}
      <Box width={width} height={bodyHeight} flexShrink={0}>
        {beside ? (
          <>
            {list}
            {detail}
          </>
        ) : describing && state.view !== 'problems' ? (
          detail
        ) : (
          list
        )}
      </Box>
      {state.filtering ? (
        <TextInput
          prompt="/"
          title="Filter"
          width={width}
          initial={state.list.filter}
          words={['keep', 'show all']}
          onChange={(text) => actOnImages(app, {type: 'filter', text})}
          onSubmit={() => app.images.set({filtering: false})}
          onCancel={() => {
            actOnImages(app, {type: 'filter', text: ''});
            app.images.set({filtering: false});
          }}
        />
      ) : null}
    </Box>
  );
}

interface ImageListProps {
  readonly state: ImagesState;
  readonly shown: ShownImages;
  readonly cursor: number;
  readonly width: number;
  readonly height: number;
  readonly now: number;
  readonly focused: boolean;
}

function ImageList({state, shown, cursor, width, height, now, focused}: ImageListProps) {
  const theme = useTheme();
  const look = useMemo(() => imageListLook(shown, width, theme), [shown, width, theme]);
  return (
    <List
      length={shown.items.length}
      cursor={cursor}
      width={width}
      height={height}
      focused={focused}
      header={look.header}
      rowOf={(index) => {
        const shownRow = look.rowOf(index, now);
        return shown.found.has(shown.keys[index] ?? '') ? shownRow : quietRow(shownRow);
      }}
      isMarked={(index) => state.list.marks.has(shown.keys[index] ?? '')}
      empty={emptyRows(state, width, theme)}
    />
  );
}

function ProblemList({
  state,
  source,
  width,
  height,
}: {
  readonly state: ImagesState;
  readonly source: string;
  readonly width: number;
  readonly height: number;
}) {
  const theme = useTheme();
  const problems = imageProblems(state);
  const keys = problems.map((_, index) => String(index));
  const cursor = cursorIndex(state.problems, keys);
  const {line, detail} = problemRows(problems, cursor, source, width - listLead, theme);
  const detailHeight = Math.min(detail.length, Math.max(0, Math.floor(height / 2)));
  return (
    <Box flexDirection="column">
      <List
        length={problems.length}
        cursor={cursor}
        width={width}
        height={height - detailHeight}
        focused
        rowOf={line}
        empty={[row(' Nothing is wrong with this tree.', 'ok')]}
      />
      <Rows rows={detail} width={width} height={detailHeight} />
    </Box>
  );
}
