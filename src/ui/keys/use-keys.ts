import {createContext, use, useEffect, useLayoutEffect, useMemo, useRef, useSyncExternalStore} from 'react';
import type {KeyBinding} from './binding.ts';
import type {KeyLayer, KeyRouter, KeyTable} from './router.ts';

/** The router of the app; set by mountApp. */
export const KeyRouterContext = createContext<KeyRouter | undefined>(undefined);

export interface UseKeysOptions {
  readonly layer: KeyLayer;
  /** False takes the keys away without unmounting; true by default. */
  readonly active?: boolean;
  /** The heading of these keys in the help. */
  readonly title?: string;
  /** Takes printable text and pastes; for text inputs. */
  readonly onText?: (text: string) => void;
  /** Takes everything else that is typed, as the terminal sent it. */
  readonly onRaw?: (sent: string) => void;
}

/** Gives this place on screen its keys while the component is there. */
export function useKeys(
  bindings: readonly KeyBinding[],
  {layer, active = true, title, onText, onRaw}: UseKeysOptions,
): void {
  const router = useKeyRouter();
  // While rendering, parents come before their children; effects run the other way round.
  // biome-ignore lint/correctness/useExhaustiveDependencies: being activated again is coming anew.
  const order = useMemo(() => router.nextOrder(), [router, active]);
  const table = useMemo<KeyTable>(
    () => ({
      layer,
      bindings,
      ...(title === undefined ? {} : {title}),
      ...(onText ? {onText} : {}),
      ...(onRaw ? {onRaw} : {}),
    }),
    [layer, bindings, title, onText, onRaw],
  );
  const latest = useRef(table);
  const entry = useRef<ReturnType<KeyRouter['add']>>(undefined);
  useLayoutEffect(() => {
    latest.current = table;
    entry.current?.update(table);
  }, [table]);
  useLayoutEffect(() => {
    if (!active) return;
    const added = router.add(order, latest.current);
    entry.current = added;
    return () => {
      entry.current = undefined;
      added.remove();
    };
  }, [router, active, order]);
}

/** The tables that get keys now, first asked first: footer and help are drawn from these. */
export function useKeyTables(): readonly KeyTable[] {
  const router = useKeyRouter();
  return useSyncExternalStore(router.subscribe, router.tables);
}

/** Calls back with the reason when a disabled key is pressed. */
export function useRefusal(listener: (reason: string, binding: KeyBinding) => void): void {
  const router = useKeyRouter();
  const latest = useRef(listener);
  useLayoutEffect(() => {
    latest.current = listener;
  }, [listener]);
  useEffect(() => router.onRefused((reason, binding) => latest.current(reason, binding)), [router]);
}

function useKeyRouter(): KeyRouter {
  const router = use(KeyRouterContext);
  if (!router) throw new Error('Keys are used outside of mountApp.');
  return router;
}
