import type {DifferenceLine, LiveStore, OutputView} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';

/** How an output differs from that of most, as a text for a log pane: what is only here with '+', what is missing with '-'. */
export function differenceText(lines: readonly DifferenceLine[], theme: Theme): LiveStore<OutputView> {
  const drawn = lines.map(({kind, text}) => {
    const {sign, tone} = looks[kind];
    return {text: tone === undefined ? `${sign} ${text}` : theme.paint(tone, `${sign} ${text}`)};
  });
  const view: OutputView = {
    lineCount: drawn.length,
    leftOutBytes: 0,
    ended: true,
    lines: (from, to) => drawn.slice(from, to),
    search(pattern) {
      const found = (text: string): boolean =>
        typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0;
      return lines.flatMap(({text}, index) => (found(text) ? [index] : []));
    },
    files: [],
  };
  return {get: () => view, subscribe: () => () => {}, close() {}};
}

const looks = {
  same: {sign: ' ', tone: undefined},
  added: {sign: '+', tone: 'ok'},
  removed: {sign: '-', tone: 'failed'},
  'left out': {sign: ' ', tone: 'quiet'},
} as const;
