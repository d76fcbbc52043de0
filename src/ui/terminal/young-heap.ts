import v8 from 'node:v8';

/** Bytes of V8's space for new objects beyond which it does not grow; it holds several frames and what panes decode. */
const enough = 16 * 1024 * 1024;

/**
 * Keeps V8 from growing its space for new objects without need. Panes that pour make much that lives for one frame; V8
 * answers with a space of up to 130 MB that stays resident, where 16 MB take the same processor time. Looks every now and then
 * until the space is large enough; V8 reads the flag each time it would grow it. Returns what ends the looking.
 */
export function boundYoungHeap(everyMs = 200): () => void {
  const timer = setInterval(() => {
    const space = v8.getHeapSpaceStatistics().find(({space_name: name}) => name === 'new_space');
    if (space === undefined || space.space_size < enough) return;
    clearInterval(timer);
    v8.setFlagsFromString('--semi-space-growth-factor=1');
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
