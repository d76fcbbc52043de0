/**
 * Schemas of JSON that comes from outside: files that another version or account wrote, answers of programs. What is
 * read through one has the type that follows from it. zod/mini, because every function of it that is not called stays
 * out of the program; nothing of the first frame may import this file (docs/decisions/006).
 */

import * as z from 'zod/mini';

/** What lets values of a type through. */
export type Schema<T> = z.ZodMiniType<T>;
/** The type of what a schema lets through. */
export type Of<S extends z.ZodMiniType> = z.output<S>;

type Fields = Readonly<Record<string, z.ZodMiniType>>;

export const text = z.string();
/** A finite one. */
export const number = z.number();
export const flag = z.boolean();
export const anything = z.unknown();
export const maybe = z.exactOptional;
export const exactly = z.literal;

export function oneOf<const T extends string | number>(...values: readonly T[]): Schema<T> {
  return z.literal([...values]);
}

export function list<T>(of: Schema<T>): Schema<readonly T[]> {
  return z.array(of);
}

/** A list of exactly two. */
export function pair<A, B>(first: Schema<A>, second: Schema<B>): Schema<readonly [A, B]> {
  return z.tuple([first, second]);
}

/** An object that may have any names. */
export function named<T>(of: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return z.record(z.string(), of);
}

/** An object with these fields. With more than these, too: a later version may write some, and they are kept. */
export function record<F extends Fields>(fields: F): Schema<Readonly<Of<z.ZodMiniObject<F, z.core.$strip>>>> {
  return z.looseObject(fields) as unknown as Schema<Readonly<Of<z.ZodMiniObject<F, z.core.$strip>>>>;
}

/**
 * A schema for a type that is narrower than the schema: a code of a problem that only a later version knows is a text
 * all the same. The compiler sees to it that every value of the type is let through.
 */
export function schemaFor<T>(): <S>(schema: Schema<S> & ([T] extends [S] ? unknown : never)) => Schema<T> {
  return (schema) => schema as unknown as Schema<T>;
}

/** Whether a value is let through, as it stands. */
export function fits<T>(schema: Schema<T>, value: unknown): value is T {
  return z.safeParse(schema, value).success;
}

/** What a schema lets through of a value; undefined when it does not. */
export function fitting<T>(schema: Schema<T>, value: unknown): T | undefined {
  return z.safeParse(schema, value).data;
}

/** The same of a text of JSON; undefined also for what is none. */
export function fittingJson<T>(schema: Schema<T>, json: string): T | undefined {
  return fitting(schema, parseJson(json));
}

/** What a text of JSON says; undefined for what is none. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Where a value that is not let through first differs: 'tasks.0.title'; undefined where the whole is something else. */
export function firstDifference(schema: z.ZodMiniType, value: unknown): string | undefined {
  const path = z.safeParse(schema, value).error?.issues[0]?.path ?? [];
  return path.length === 0 ? undefined : path.join('.');
}
