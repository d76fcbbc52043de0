import {ProblemError} from '../engine/index.ts';

/** Milliseconds of '90s', '30m', '1h30m', '500ms' or plain seconds. Throws `usage`. */
export function readDuration(text: string): number {
  if (/^\d+$/.test(text)) return positive(Number(text) * 1000, text);
  const parts = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (!parts || text === '') throw badDuration(text);
  const [hours, minutes, seconds, milliseconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return positive((((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + (milliseconds ?? 0), text);
}

/** '0.4s', '13.1s', '2m05s', '1h02m'. */
export function showDuration(milliseconds: number): string {
  const tenths = Math.round(milliseconds / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

/** Whole seconds, for times that are drawn again and again: '3s', '2m05s', '1h02m'. */
export function showSeconds(milliseconds: number): string {
  return milliseconds < 60_000 ? `${Math.floor(milliseconds / 1000)}s` : showDuration(milliseconds);
}

/** '2026-11-20 20:19:05' in the zone of this computer. */
export function showDate(epoch: number): string {
  return `${dayOf(epoch)} ${showClock(epoch)}`;
}

/** '20:19:05' in the zone of this computer. */
export function showClock(epoch: number): string {
  const date = new Date(epoch);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

function dayOf(epoch: number): string {
  const date = new Date(epoch);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function positive(milliseconds: number, text: string): number {
  // Timers of Node count in 31 bits; more than 24 days is no deadline anyway.
  if (milliseconds <= 0 || milliseconds > 2 ** 31 - 1) throw badDuration(text);
  return milliseconds;
}

function badDuration(text: string): ProblemError {
  return new ProblemError({
    code: 'usage',
    message: `"${text}" is no duration.`,
    hint: 'Write it like 90s, 30m or 1h30m, up to 24 days.',
  });
}
