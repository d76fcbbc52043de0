/** Takes the terminal over: alternate screen, no autowrap, cursor hidden, pastes marked, everything erased. */
export const enterSequence = '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?2004h\x1b[m\x1b[2J\x1b[H';

/**
 * Gives it back. The erase before leaving is for tmux 3.3, which after a resize keeps rows of the alternate
 * screen on the normal one.
 */
export const leaveSequence = '\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?7h\x1b[2J\x1b[H\x1b[?25h\x1b[?1049l';

/**
 * Takes back what somebody who was killed may have left on: mouse and focus reports, application keys, scroll region,
 * origin and insert mode, another character set, keys reported in other ways.
 */
export const afterGuestSequence =
  '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?1l\x1b>\x1b[?6l\x1b[r\x1b[4l\x1b(B\x0f\x1b[>4m\x1b[<u';

/**
 * Makes writes to a terminal that does not read return at once instead of stopping the whole process.
 * The handle is Node's own business; without it writes stay as they are.
 */
export function setNonBlocking(stdout: object, nonBlocking: boolean): void {
  const handle: unknown = Reflect.get(stdout, '_handle');
  if (typeof handle !== 'object' || handle === null) return;
  const setBlocking: unknown = Reflect.get(handle, 'setBlocking');
  if (typeof setBlocking === 'function') Reflect.apply(setBlocking, handle, [!nonBlocking]);
}
