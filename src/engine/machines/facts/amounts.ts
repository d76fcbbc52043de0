/** Amounts of facts as sentences have them. */

/** Never more than there is: 99.6 % is 99 %. */
export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** '62.8' */
export function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1).replace(/\.0$/, '');
}

/** '12.3 s', '10 min 4 s', '3 h 2 min', '2 days 4 h' */
export function durationText(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (hours === 0) return `${minutes} min ${seconds % 60} s`;
  if (days === 0) return `${hours} h ${minutes % 60} min`;
  return `${days} ${days === 1 ? 'day' : 'days'} ${hours % 24} h`;
}
