import {type EngineMessage, textOf} from './json-lines.ts';
import {printable} from './printable.ts';

/** Makes lines of the status messages of pulls and pushes: one when a layer's state changes, none for mere progress. */
export interface LayerLines {
  line(message: EngineMessage): string | undefined;
}

export function createLayerLines(): LayerLines {
  const states = new Map<string, string>();
  return {
    line(message) {
      const status = printable(textOf(message, 'status'));
      if (status === '') return undefined;
      const id = printable(textOf(message, 'id'));
      if (id !== '' && states.get(id) === status) return undefined;
      if (id === '') return status;
      states.set(id, status);
      return `${id}: ${status}`;
    },
  };
}
