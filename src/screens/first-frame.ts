import type {Theme} from '../ui/theme/theme.ts';
import {listRows} from '../ui/widgets/list-rows.ts';
import {panelBorder, panelEdges} from '../ui/widgets/panel-edges.ts';
import {fitRow, paintRow, type Row} from '../ui/widgets/rows.ts';
import {tabRow} from '../ui/widgets/tab-row.ts';
import {type AppModel, tabs} from './app-model.ts';
import {healthRow} from './header-rows.ts';
import {detailBeside, imageListLook, widthOfList} from './images/image-list-look.ts';
import {imagesTitle} from './images/image-notes.ts';

/**
 * The rows of the app as it opens, without its keys, which do not work yet: shown while Ink is still being set up. Made
 * of the same parts as the screens, so that nothing moves when those take over.
 */
export function firstFrame(app: AppModel, columns: number, rows: number, theme: Theme): readonly string[] {
  const images = app.images.get();
  const shown = app.images.shown();
  const width = columns >= detailBeside ? widthOfList(columns) : columns;
  const height = rows - 3 - panelBorder;
  const edges = panelEdges(
    {title: imagesTitle(images, shown, width - panelBorder - 2, theme), width, focused: true},
    theme,
  );
  const inner = width - panelBorder;
  const look = imageListLook(shown, inner, theme);
  const list = listRows(
    {
      length: shown.items.length,
      cursor: 0,
      width: inner,
      height,
      focused: true,
      header: look.header,
      rowOf: (index) => look.rowOf(index, app.clock.now()),
    },
    0,
    theme,
  );
  const paint = (row: Row, cells: number): string => paintRow(fitRow(row, cells, theme.glyphs.ellipsis), theme);
  const body = Array.from({length: height}, (_, y) => edges.side + paint(list.rows[y] ?? [], inner) + edges.side);
  return [
    paint(healthRow(app.settings, images, undefined, theme), columns),
    paint(tabRow(tabs, '1', columns), columns),
    edges.top,
    ...body,
    edges.bottom,
  ];
}
