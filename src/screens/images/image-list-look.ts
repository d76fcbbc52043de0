import type {Theme} from '../../ui/theme/theme.ts';
import {cellWidth} from '../../ui/widgets/cells.ts';
import {listLead} from '../../ui/widgets/list-rows.ts';
import type {Row} from '../../ui/widgets/rows.ts';
import {graphAlso, graphLead, imageColumns, imageHeader, imageRow} from './image-rows.ts';
import type {ShownImages} from './images-shown.ts';

/** From this width on the chosen image stands beside the list. */
export const detailBeside = 120;

/** What the list takes of a screen that has room for more. */
export function widthOfList(width: number): number {
  return Math.floor(width * 0.6);
}

/** How the images look as rows of a list this wide: the names of the columns, and each row at a time. */
export function imageListLook(
  shown: ShownImages,
  width: number,
  theme: Theme,
): {readonly header: Row; rowOf(index: number, now: number): Row} {
  const around = shown.lines.map((line) => ({lead: graphLead(line, theme), also: graphAlso(line)}));
  const names = around.map(({lead, also}, index) => cellWidth(lead + also + (shown.keys[index] ?? '')));
  const columns = imageColumns(shown.items, width - listLead, Math.max(0, ...names));
  return {
    header: imageHeader(columns),
    rowOf(index, now) {
      const item = shown.items[index];
      return item ? imageRow(item, columns, theme, now, around[index]?.lead, around[index]?.also) : [];
    },
  };
}
