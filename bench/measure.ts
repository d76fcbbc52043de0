/** Figures of one run of the bench. Machines are shared and noisy: only ratios taken together mean something. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  /** What we want it to be; absent: for information. */
  readonly goal?: string;
  readonly met?: boolean;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which this part of all values lies; part between 0 and 1. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

export const milliseconds = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
export const times = (ratio: number) => `${ratio.toFixed(2)} ×`;

/** A figure with an upper bound. */
export function atMost(what: string, value: number, bound: number, show: (value: number) => string): Figure {
  return {what, value: show(value), goal: `≤ ${show(bound)}`, met: value <= bound};
}
