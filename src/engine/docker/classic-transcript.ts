import {printableLine} from '../printable.ts';
import {type ClassicTraces, createClassicTraces} from './classic-traces.ts';
import {partOf, textOf} from './json-lines.ts';
import {createLayerLines} from './layer-lines.ts';
import type {Transcript} from './transcript.ts';

/** The transcript of the classic builder: its text is the output; pulls of bases become a line per change. */
export function createClassicTranscript(
  write: (text: string) => void,
  progress: (done: number, total?: number) => void,
): Transcript & {traces(): ClassicTraces} {
  const layers = createLayerLines();
  let id: string | undefined;
  let step: {done: number; total: number; instruction: string} | undefined;
  const traces = createClassicTraces();

  return {
    take(message) {
      const text = textOf(message, 'stream');
      traces.take(text);
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
    traces: traces.get,
    step: () => step && {name: `step ${step.done}/${step.total}`, instruction: step.instruction},
    base: () => /^FROM (?:--\S+ )?([^\s$]+)(?:$| )/i.exec(step?.instruction ?? '')?.[1],
    end(succeeded) {
      if (succeeded && step) progress(step.total, step.total);
    },
  };
}
