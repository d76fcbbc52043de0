import type {ScreenClock} from '../terminal/clock.ts';
import type {Theme} from './theme.ts';

/** The one timer of everything that moves on screen; it stands still while nobody looks. */
export interface AnimationClock {
  /** Nothing moves. */
  readonly still: boolean;
  /** Frames since the start; the same number for everyone. */
  frame(): number;
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** Milliseconds a frame stands: those of ink-spinner's 'dots'. */
export const frameMilliseconds = 80;

/** A still clock never ticks: for people who want nothing to move, and for screen readers. */
export function createAnimationClock(clock: ScreenClock, {still = false} = {}): AnimationClock {
  const listeners = new Set<() => void>();
  const started = clock.now();
  let frame = 0;
  let stop: (() => void) | undefined;
  function tick(): void {
    stop = undefined;
    frame = Math.floor((clock.now() - started) / frameMilliseconds);
    for (const listener of [...listeners]) listener();
    wait();
  }
  function wait(): void {
    if (still || stop || listeners.size === 0) return;
    stop = clock.after(frameMilliseconds - ((clock.now() - started) % frameMilliseconds), tick);
  }
  function halt(): void {
    stop?.();
    stop = undefined;
  }
  return {
    still,
    frame: () => frame,
    subscribe(listener) {
      listeners.add(listener);
      wait();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) halt();
      };
    },
    close() {
      listeners.clear();
      halt();
    },
  };
}

/** The frame of the spinner that is shown now; one cell wide. Stands still, with the theme's glyph, on a clock that does. */
export function spinnerGlyph(animation: AnimationClock, {ascii, glyphs}: Theme): string {
  const frame = animation.frame();
  const frames = ascii ? asciiFrames : dotsFrames;
  return animation.still ? glyphs.running : (frames[frame % frames.length] ?? glyphs.running);
}

// The 'dots' of cli-spinners, which ink-spinner draws with a timer for each spinner.
const dotsFrames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const asciiFrames = ['|', '/', '-', '\\'];
