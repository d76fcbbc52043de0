import {printable} from '../printable.ts';
import {type EngineMessage, numberOf, partOf, textOf} from './json-lines.ts';

/**
 * Makes lines of the status messages of pulls and pushes: one when a layer's state changes, one for each tenth of a
 * large layer, and one for each wait of the engine before it tries again.
 */
export interface LayerLines {
  line(message: EngineMessage): string | undefined;
}

/** Layers of fewer bytes are there before their progress could be read. */
const largeLayer = 16 * 1024 * 1024;

export function createLayerLines(): LayerLines {
  const states = new Map<string, {readonly status: string; readonly step: number}>();
  return {
    line(message) {
      const status = printable(textOf(message, 'status'));
      if (status === '') return undefined;
      const id = printable(textOf(message, 'id'));
      if (id === '') return status;
      const {step, words} = stepOf(status, message);
      const before = states.get(id);
      // A countdown is one state, and a new one begins higher up.
      const isSame = before?.status === stateOf(status);
      if (isSame && (isCountdown(status) ? step < before.step : step <= before.step)) {
        states.set(id, {status: before.status, step: isCountdown(status) ? step : before.step});
        return undefined;
      }
      states.set(id, {status: stateOf(status), step});
      return `${id}: ${status}${words}`;
    },
  };
}

/** Whether the engine says that something went wrong and it tries again by itself. */
export function isCountdown(status: string): boolean {
  return countdown.test(status);
}

const countdown = /^Retrying in (\d+) seconds?$/;

function stateOf(status: string): string {
  return isCountdown(status) ? 'Retrying' : status;
}

/** How far a layer is within its state, and how that is said. */
function stepOf(status: string, message: EngineMessage): {step: number; words: string} {
  const seconds = countdown.exec(status)?.[1];
  if (seconds !== undefined) return {step: Number(seconds), words: ''};
  const detail = partOf(message, 'progressDetail');
  const [done = 0, total = 0] = [numberOf(detail, 'current'), numberOf(detail, 'total')];
  if (total < largeLayer) return {step: 0, words: ''};
  const step = Math.min(10, Math.floor((10 * done) / total));
  return {step, words: ` ${step * 10} % of ${Math.round(total / 1_000_000)} MB`};
}
