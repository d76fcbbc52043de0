import {useLayoutEffect, useMemo, useRef} from 'react';
import type {KeyBinding} from '../keys/binding.ts';
import {type UseKeysOptions, useKeys} from '../keys/use-keys.ts';

/**
 * Gives this place its keys, as useKeys does. What a key does may be a new function on every drawing: the table that
 * footer, help and palette hold calls the latest one, and changes only when what they show of it changes.
 */
export function useKeyTable(bindings: readonly KeyBinding[], {onText, onRaw, ...options}: UseKeysOptions): void {
  const latest = useRef({bindings, onText, onRaw});
  useLayoutEffect(() => {
    latest.current = {bindings, onText, onRaw};
  });
  const looks = JSON.stringify(bindings);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the looks stand for the bindings
  const stable = useMemo(
    () => bindings.map((binding, index) => ({...binding, run: () => latest.current.bindings[index]?.run()})),
    [looks],
  );
  const takesText = onText !== undefined;
  const type = useMemo(() => (takesText ? (text: string) => latest.current.onText?.(text) : undefined), [takesText]);
  const takesRaw = onRaw !== undefined;
  const send = useMemo(() => (takesRaw ? (sent: string) => latest.current.onRaw?.(sent) : undefined), [takesRaw]);
  useKeys(stable, {...options, ...(type ? {onText: type} : {}), ...(send ? {onRaw: send} : {})});
}
