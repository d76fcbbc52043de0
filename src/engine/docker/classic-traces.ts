/** What a build of the classic builder has at work on its engine, as far as it said. */
export interface ClassicTraces {
  /** Beginnings of the ids of containers that are not said to be removed. */
  readonly containers: readonly string[];
  /** The beginning of the id of the last layer: a new container is made of it. */
  readonly layer: string | undefined;
  /** A step has begun, and whether it has a container is not said yet. */
  readonly hasBegun: boolean;
}

/** Reads what the builder says of containers and layers, message by message. */
export function createClassicTraces(): {take(text: string): void; get(): ClassicTraces} {
  const containers = new Set<string>();
  let layer: string | undefined;
  let hasBegun = false;
  return {
    take(text) {
      if (/^Step \d+\/\d+ : /.test(text)) hasBegun = true;
      const [, what, id] =
        /^( ---> Running in | ---> |Removing intermediate container )([0-9a-f]{12})\n$/.exec(text) ?? [];
      if (what === undefined || id === undefined) return;
      hasBegun = false;
      if (what === ' ---> ') layer = id;
      else if (what === ' ---> Running in ') containers.add(id);
      else containers.delete(id);
    },
    get: () => ({containers: [...containers], layer, hasBegun}),
  };
}
