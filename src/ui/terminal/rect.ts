/** A rectangle of cells on the screen; x and y count from 0 at the top left. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The part of a rectangle that lies on a screen of this size; undefined when nothing does. */
export function clipRect(rect: Rect, columns: number, rows: number): Rect | undefined {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  const width = Math.min(columns, rect.x + rect.width) - x;
  const height = Math.min(rows, rect.y + rect.height) - y;
  return width > 0 && height > 0 ? {x, y, width, height} : undefined;
}

export function sameRect(a: Rect | undefined, b: Rect | undefined): boolean {
  return a?.x === b?.x && a?.y === b?.y && a?.width === b?.width && a?.height === b?.height;
}
