import {Fault} from '../values/fault.ts';
import {placeOf} from './place.ts';

/** A fault, and where in which template it happened. */
export class PlacedFault extends Error {
  readonly fault: Fault;
  readonly template: string;
  readonly line: number;
  readonly column: number;

  constructor(fault: Fault, template: string, place: number) {
    super(fault.message, {cause: fault});
    this.fault = fault;
    this.template = template;
    this.line = placeOf(place).line;
    this.column = placeOf(place).column;
  }
}

/** Raised for a template that is not there. */
export class TemplateMissing extends Fault {
  constructor(message: string) {
    super('ValueError', message);
  }
}

/** What was thrown, with the place where no place nearer to it is known. A mistake of ours stays as it is. */
export function placed(thrown: unknown, template: string, place: number): unknown {
  if (thrown instanceof Fault) return new PlacedFault(thrown, template, place);
  if (!(thrown instanceof RangeError)) return thrown;
  // Nothing is called here: there may be no stack left for it.
  const message =
    thrown.message === 'Maximum call stack size exceeded'
      ? 'This calls itself without end, or is nested too deeply.'
      : 'This makes a text, a list or a number that is too large.';
  return new PlacedFault(new Fault('Limit', message), template, place);
}
