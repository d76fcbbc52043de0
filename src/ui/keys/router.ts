import type {KeyBinding} from './binding.ts';
import type {InputEvent} from './splitter.ts';

/** Who is asked first when a key comes, first to last. A modal leaves only itself, inputs inside it, and `always`. */
const keyLayers = ['modal', 'input', 'pane', 'screen', 'global', 'always'] as const;

export type KeyLayer = (typeof keyLayers)[number];

/** The keys of one place on screen. */
export interface KeyTable {
  readonly layer: KeyLayer;
  /** What the keys belong to, as a heading of the help. */
  readonly title?: string;
  readonly bindings: readonly KeyBinding[];
  /** Takes what is typed or pasted; keys below that type something are then not reached. */
  readonly onText?: (text: string) => void;
  /**
   * Takes everything that has no binding in this table, as the terminal sent it, pastes between their marks: for a
   * program that somebody types into. No table below is reached then.
   */
  readonly onRaw?: (sent: string) => void;
}

/** Brings each key to the first table that has it. */
export interface KeyRouter {
  /** A number that is higher for whoever came later; of two tables on one layer the later one is asked first. */
  nextOrder(): number;
  /** Adds a table; `update` replaces it, `remove` takes it away. */
  add(order: number, table: KeyTable): {update(table: KeyTable): void; remove(): void};
  /** True when somebody took the event. */
  dispatch(event: InputEvent): boolean;
  /** Whether the event is one that a table takes as it was sent. */
  takesRaw(event: InputEvent): boolean;
  /** The tables that get keys now, first asked first; the same array until what can be seen of them changes. */
  tables(): readonly KeyTable[];
  subscribe(listener: () => void): () => void;
  /** Calls the listener with the reason when a disabled key is pressed. */
  onRefused(listener: (reason: string, binding: KeyBinding) => void): () => void;
}

export function createKeyRouter(): KeyRouter {
  let order = 0;
  let entries: readonly Entry[] = [];
  let visible: readonly KeyTable[] = [];
  let looks = '[]';
  const listeners = new Set<() => void>();
  const refusals = new Set<(reason: string, binding: KeyBinding) => void>();

  /** Listeners hear only of what footer and help show; new functions behind the same keys are taken over silently. */
  function changed(next: readonly Entry[]): void {
    entries = next;
    const tables = thatGetKeys(reachable(entries).map((entry) => entry.table));
    const nextLooks = JSON.stringify(tables);
    const same = nextLooks === looks;
    if (same) return;
    visible = tables;
    looks = nextLooks;
    for (const listener of [...listeners]) listener();
  }

  function refuse(reason: string, binding: KeyBinding): void {
    for (const listener of [...refusals]) listener(reason, binding);
  }

  return {
    nextOrder: () => ++order,
    add(place, table) {
      let entry: Entry = {order: place, table};
      changed([...entries, entry]);
      return {
        update(next) {
          const replaced = {order: place, table: next};
          const before = entry;
          entry = replaced;
          changed(entries.map((other) => (other === before ? replaced : other)));
        },
        remove() {
          changed(entries.filter((other) => other !== entry));
        },
      };
    },
    dispatch(event) {
      for (const {table} of reachable(entries)) {
        if (event.type === 'paste') {
          const take = table.onRaw ?? table.onText;
          if (!take) continue;
          take(table.onRaw ? `\x1b[200~${event.text}\x1b[201~` : event.text);
          return true;
        }
        const binding = table.bindings.find(({keys}) => keys.includes(event.name));
        if (binding) {
          if (binding.disabled === undefined) binding.run();
          else refuse(binding.disabled, binding);
          return true;
        }
        if (table.onText && event.text !== undefined) {
          table.onText(event.text);
          return true;
        }
        if (table.onRaw) {
          table.onRaw(event.raw);
          return true;
        }
      }
      return false;
    },
    takesRaw(event) {
      const first = reachable(entries)[0]?.table;
      if (!first?.onRaw) return false;
      return event.type === 'paste' || !first.bindings.some(({keys}) => keys.includes(event.name));
    },
    tables: () => visible,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onRefused(listener) {
      refusals.add(listener);
      return () => refusals.delete(listener);
    },
  };
}

interface Entry {
  readonly order: number;
  readonly table: KeyTable;
}

/**
 * In order of precedence. A modal hides everything that was there before it: only inputs opened inside it
 * stand before it, because a dialog's text field gets its letters before the dialog's keys.
 */
function reachable(entries: readonly Entry[]): readonly Entry[] {
  const modal = latest(entries.filter(({table}) => table.layer === 'modal'));
  if (modal) {
    const inside = entries.filter(({order, table}) => table.layer === 'input' && order > modal.order);
    const always = entries.filter(({table}) => table.layer === 'always');
    return [...inside.toSorted(later), modal, ...always];
  }
  return entries.toSorted((a, b) => keyLayers.indexOf(a.table.layer) - keyLayers.indexOf(b.table.layer) || later(a, b));
}

/** The tables without the keys that one before them takes, also as text: what is left does what it says. */
function thatGetKeys(tables: readonly KeyTable[]): readonly KeyTable[] {
  const taken = new Set<string>();
  let typed = false;
  let everything = false;
  return tables.flatMap((table) => {
    if (everything) return [];
    const bindings = table.bindings
      .map((binding) => ({...binding, keys: binding.keys.filter((key) => !taken.has(key) && !(typed && types(key)))}))
      .filter(({keys}) => keys.length > 0);
    for (const {keys} of table.bindings) for (const key of keys) taken.add(key);
    const hides = table.bindings.length > 0 && bindings.length === 0;
    typed ||= table.onText !== undefined;
    everything = table.onRaw !== undefined;
    return hides ? [] : [{...table, bindings}];
  });
}

/** Whether a key types something into an input. */
function types(key: string): boolean {
  return key.length === 1 || key === 'space';
}

function latest(entries: readonly Entry[]): Entry | undefined {
  return entries.toSorted(later)[0];
}

function later(a: Entry, b: Entry): number {
  return b.order - a.order;
}
