import type {MachineRunModel} from './machine-run-model.ts';
import {subjectWords} from './run-subject.ts';

/** What is opened beside the table of machines, and stays while one looks elsewhere. */
export interface MachinePlace {
  readonly kind: 'run';
  readonly model: MachineRunModel;
}

/** Ended ones beyond these are closed, the oldest first. */
const mostEnded = 8;

/** Whether something goes on there that ends with the screen and would be missed. */
export function isBusy({model}: MachinePlace): boolean {
  return model.subject.kind === 'command' && model.state.get().running;
}

/** The places that stay when one more is opened, and those to be closed for it. */
export function withPlace(
  places: readonly MachinePlace[],
  next: MachinePlace,
): {readonly kept: readonly MachinePlace[]; readonly closed: readonly MachinePlace[]} {
  const ended = places.filter((place) => !isBusy(place));
  const closed = ended.slice(0, Math.max(0, ended.length - mostEnded + 1));
  return {kept: [...places.filter((place) => !closed.includes(place)), next], closed};
}

/** A place in some words: the command, or the log. */
export function placeWord({model}: MachinePlace): string {
  const words = subjectWords(model.subject);
  return words.length > 20 ? `${words.slice(0, 19)}…` : words;
}
