import type {RunChoices} from './run-model.ts';

interface Room {
  readonly width: number;
  readonly height: number;
}

/** Where the plan and the output panes stand; a height of 0 leaves one out. */
export interface RunLayout {
  readonly beside: boolean;
  readonly plan: Room;
  readonly panes: Room;
}

/**
 * Plan and outputs beside each other where there is width, of which a grid wants more than a list; else the plan above, as high as it needs but leaving the
 * outputs the larger part; and where there is no height for both, the one with the focus.
 */
export function runLayout(
  width: number,
  height: number,
  rows: number,
  {zoomed, focus}: Pick<RunChoices, 'zoomed' | 'focus'>,
  isGrid = false,
): RunLayout {
  const nothing = {width, height: 0};
  const whole = {width, height};
  if (zoomed) return {beside: false, plan: nothing, panes: whole};
  if (width >= 100) {
    const plan = isGrid ? Math.min(100, Math.floor(width / 2)) : Math.min(60, Math.max(40, Math.floor(width * 0.36)));
    return {beside: true, plan: {width: plan, height}, panes: {width: width - plan, height}};
  }
  if (height < 12)
    return focus === undefined
      ? {beside: false, plan: whole, panes: nothing}
      : {beside: false, plan: nothing, panes: whole};
  const plan = Math.max(4, Math.min(rows + 2, Math.floor(height * (isGrid ? 0.6 : 0.42))));
  return {beside: false, plan: {width, height: plan}, panes: {width, height: height - plan}};
}
