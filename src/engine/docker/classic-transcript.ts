import {partOf, textOf} from './json-lines.ts';
import {createLayerLines} from './layer-lines.ts';
import {printableLine} from './printable.ts';
import type {Transcript} from './transcript.ts';

/** What a build of the classic builder has at work on its engine, as far as it said. */
export interface ClassicTraces {
  /** Beginnings of the ids of containers that are not said to be removed. */
  readonly containers: readonly string[];
  /** The beginning of the id of the last layer: a new container is made of it. */
  readonly layer: string | undefined;
  /** A step has begun, and whether it has a container is not said yet. */
  readonly hasBegun: boolean;
}

/** The transcript of the classic builder: its text is the output; pulls of bases become a line per change. */
export function createClassicTranscript(
  write: (text: string) => void,
  progress: (done: number, total?: number) => void,
): Transcript & {traces(): ClassicTraces} {
  const layers = createLayerLines();
  let id: string | undefined;
  let step: {done: number; total: number; instruction: string} | undefined;
  const containers = new Set<string>();
  let layer: string | undefined;
  let hasBegun = false;
  const trace = (text: string) => {
    const said = /^(Step \d+\/\d+ : | ---> Running in | ---> |Removing intermediate container )([0-9a-f]{12}\n$)?/.exec(
      text,
    );
    const id = said?.[2]?.trim();
    if (said?.[1]?.startsWith('Step')) hasBegun = true;
    else if (id !== undefined) {
      hasBegun = false;
      if (said?.[1]?.startsWith('Removing')) containers.delete(id);
      else if (said?.[1] === ' ---> ') layer = id;
      else containers.add(id);
    }
  };

  return {
    take(message) {
      const text = textOf(message, 'stream');
      trace(text);
      const begun = /^Step (\d+)\/(\d+) : (.*)/s.exec(text);
      // A command could print such a line too: only the step that is next counts.
      if (begun && Number(begun[1]) === (step?.done ?? 0) + 1 && (!step || Number(begun[2]) === step.total)) {
        step = {done: Number(begun[1]), total: Number(begun[2]), instruction: printableLine(begun[3] ?? '', 200)};
        progress(step.done - 1, step.total);
      }
      if (text !== '') write(text);
      const layer = layers.line(message);
      if (layer !== undefined) write(`${layer}\n`);
      const built = textOf(partOf(message, 'aux'), 'ID');
      if (built !== '') id = built;
    },
    id: () => id,
    traces: () => ({containers: [...containers], layer, hasBegun}),
    step: () => step && {name: `step ${step.done}/${step.total}`, instruction: step.instruction},
    base: () => /^FROM (?:--\S+ )?([^\s$]+)(?:$| )/i.exec(step?.instruction ?? '')?.[1],
    end(succeeded) {
      if (succeeded && step) progress(step.total, step.total);
    },
  };
}
