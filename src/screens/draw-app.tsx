import {drawWithInk} from '../ui/terminal/draw-with-ink.tsx';
import type {DrawParts} from '../ui/terminal/open-terminal.ts';
import {AppScreen} from './AppScreen.tsx';
import type {AppModel} from './app-model.ts';

/** Draws the whole app on an opened terminal. */
export function drawApp(app: AppModel, parts: DrawParts): ReturnType<typeof drawWithInk> {
  return drawWithInk(<AppScreen app={app} />, parts);
}
