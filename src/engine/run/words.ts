/** '1 task', '3 tasks' */
export function taskWords(count: number): string {
  return `${count} ${count === 1 ? 'task' : 'tasks'}`;
}

/** A duration in the largest two units that say something: '850 ms', '12 s', '3 min 20 s', '2 h 5 min'. */
export function shortDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
