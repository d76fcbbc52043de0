import type {KeyBinding} from '../keys/binding.ts';
import type {ScreenProgram} from './screen-program.ts';

/** The keys of a program's screen while it does not have the focus: they scroll through what left it. */
export function terminalKeys(program: ScreenProgram): readonly KeyBinding[] {
  const by = (rowsOf: (height: number) => number) => (): void => {
    const {scrolled, above, rows} = program.screen.get();
    program.scroll(Math.min(above + scrolled, Math.max(0, scrolled + rowsOf(rows.length))));
  };
  return [
    move(
      ['k', 'up'],
      'up',
      'Scroll one line back.',
      by(() => 1),
    ),
    move(
      ['j', 'down'],
      'down',
      'Scroll one line on.',
      by(() => -1),
    ),
    move(
      ['pageup', 'ctrl-b'],
      'page up',
      'Scroll one page back in what left the screen.',
      by((height) => height - 1),
    ),
    move(
      ['pagedown', 'ctrl-f'],
      'page down',
      'Scroll one page on.',
      by((height) => 1 - height),
    ),
    move(
      ['g', 'home'],
      'start',
      'Go to the first line that is kept.',
      by(() => Number.MAX_SAFE_INTEGER),
    ),
    move(['G', 'end'], 'end', 'Go to the end.', () => program.scroll(0)),
  ];
}

function move(keys: readonly string[], word: string, help: string, run: () => void): KeyBinding {
  return {keys, word, help, quiet: true, run};
}
