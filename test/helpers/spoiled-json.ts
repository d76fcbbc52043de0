import fc from 'fast-check';

type Json = null | boolean | number | string | readonly Json[] | {readonly [name: string]: Json};

/** A good value with one of its parts, or all of it, gone or replaced by anything that JSON can say. */
export function spoiled(good: unknown): fc.Arbitrary<unknown> {
  const places = placesOf(good as Json);
  return fc
    .tuple(fc.constantFrom(...places), fc.oneof(fc.jsonValue(), fc.constant(undefined)))
    .map(([place, by]) => replaced(good as Json, place, by as Json));
}

function placesOf(value: Json): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([name, part]) => placesOf(part).map((rest) => [name, ...rest]))];
}

function replaced(value: Json, [name, ...rest]: readonly string[], by: Json): Json {
  if (name === undefined) return by;
  const part = (value as Record<string, Json>)[name] as Json;
  if (Array.isArray(value)) return value.with(Number(name), replaced(part, rest, by));
  return {...(value as Record<string, Json>), [name]: replaced(part, rest, by)};
}
