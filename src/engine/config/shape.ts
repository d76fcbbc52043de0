/** What a configuration file should look like, as data: check-shape.ts compares, shapes/ describes the files. */

import type {Severity} from '../problem.ts';
import type {YamlScalar} from './yaml-scalars.ts';

export type Shape = MapShape | TableShape | ListShape | ScalarShape | {readonly kind: 'anything'};

export interface MapShape {
  readonly kind: 'map';
  readonly fields: Readonly<Record<string, Field>>;
  /** What keys that are no field are: free (labels, settings of a service), or to be reported. */
  readonly others: 'free' | Severity;
}

/** A map whose keys are names. */
export interface TableShape {
  readonly kind: 'table';
  readonly of: Shape;
}

export interface ListShape {
  readonly kind: 'list';
  readonly of: Shape;
  /** The key whose value names an entry in messages. */
  readonly namedBy?: string;
  readonly least?: number;
}

export interface ScalarShape {
  readonly kind: 'scalar';
  /** What is wrong with it; undefined when nothing is. `text` is how it is written. */
  readonly rule?: (value: YamlScalar, text: string) => Flaw | undefined;
}

export interface Field {
  readonly shape: Shape;
  /** Whether it is a mistake to leave it out, and how bad a one. */
  readonly needed: false | 'error' | 'warning';
  /** What to write when it is missing. */
  readonly example: string;
  /** Other spellings that people wrote and the tools do not read. */
  readonly misspelt?: readonly string[];
}

export interface Flaw {
  /** Goes on from the key: 'is "x", but a port is a number from 1 to 65535'. */
  readonly message: string;
  readonly hint: string;
  readonly severity?: Severity;
}

export const map = (fields: MapShape['fields'], others: MapShape['others'] = 'free'): MapShape => ({
  kind: 'map',
  fields,
  others,
});
export const table = (of: Shape): TableShape => ({kind: 'table', of});
export const list = (of: Shape, more: Omit<ListShape, 'kind' | 'of'> = {}): ListShape => ({kind: 'list', of, ...more});
export const anything: Shape = {kind: 'anything'};

export const needed = (shape: Shape, example: string, misspelt: readonly string[] = []): Field => ({
  shape,
  needed: 'error',
  example,
  misspelt,
});
/** What the tools do not ask for, and templates do. */
export const expected = (shape: Shape, example: string): Field => ({shape, needed: 'warning', example});

export const optional = (shape: Shape, example = '', misspelt: readonly string[] = []): Field => ({
  shape,
  needed: false,
  example,
  misspelt,
});
