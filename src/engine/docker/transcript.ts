import type {EngineMessage} from './json-lines.ts';

/** Turns the messages of one builder into what a person reads, and remembers where it is. */
export interface Transcript {
  take(message: EngineMessage): void;
  /** Of the image, once the engine said it. */
  id(): string | undefined;
  /** The step that is at work or failed last, as 'step 3/12' and its instruction. */
  step(): {readonly name: string; readonly instruction: string} | undefined;
  /** The base image that is being looked for, as far as its name is known. */
  base(): string | undefined;
  /** Text that is still held back, and the last progress. */
  end(succeeded: boolean): void;
}
