import type {KeyBinding} from '../keys/binding.ts';
import type {LogView} from './log-view.ts';

/** The keys of a log, for the table of the pane that shows it. `askSearch` opens the place a pattern is typed in. */
export function logKeys(log: LogView, {askSearch}: {readonly askSearch: () => void}): readonly KeyBinding[] {
  const {search, follow, wrap, timestamps, ended} = log.position.get();
  const noSearch = search ? {} : {disabled: 'Nothing is searched for yet: press / and type what to find.'};
  const noWrap = wrap ? {disabled: 'Long lines are wrapped: press w to have them in one row.'} : {};
  return [
    {
      keys: ['f'],
      word: follow ? 'stand still' : 'follow',
      help: 'Shows the end as it grows, or stands still.',
      quiet: ended,
      run: () => log.do({type: 'follow'}),
    },
    {keys: ['/'], word: 'search', help: 'Searches the log.', run: askSearch},
    {
      keys: ['n'],
      word: 'next',
      help: 'Goes to the next match.',
      quiet: !search,
      ...noSearch,
      run: () => log.nextMatch(1),
    },
    {
      keys: ['N'],
      word: 'previous',
      help: 'Goes to the match before.',
      quiet: true,
      ...noSearch,
      run: () => log.nextMatch(-1),
    },
    {
      keys: ['w'],
      word: wrap ? 'cut lines' : 'wrap',
      help: 'Wraps long lines, or cuts them.',
      run: () => log.do({type: 'wrap'}),
    },
    {
      keys: ['t'],
      word: timestamps ? 'no times' : 'times',
      help: 'Shows when each line came.',
      run: () => log.do({type: 'timestamps'}),
    },
    move(['j', 'down'], 'down', 'Scrolls one row down.', () => log.do({type: 'scroll', rows: 1})),
    move(['k', 'up'], 'up', 'Scrolls one row up, which stops following.', () => log.do({type: 'scroll', rows: -1})),
    move(['ctrl-f', 'pagedown', 'space'], 'page down', 'Scrolls one page down.', () =>
      log.do({type: 'page', pages: 1}),
    ),
    move(['ctrl-b', 'pageup'], 'page up', 'Scrolls one page up.', () => log.do({type: 'page', pages: -1})),
    move(['ctrl-d'], 'half down', 'Scrolls half a page down.', () => log.do({type: 'page', pages: 0.5})),
    move(['ctrl-u'], 'half up', 'Scrolls half a page up.', () => log.do({type: 'page', pages: -0.5})),
    move(['g', 'home'], 'start', 'Goes to the first line.', () => log.do({type: 'start'})),
    move(['G', 'end'], 'end', 'Goes to the end and follows.', () => log.do({type: 'end'})),
    {...move(['left'], 'left', 'Scrolls to the left.', () => log.do({type: 'sideways', columns: -8})), ...noWrap},
    {...move(['right'], 'right', 'Scrolls to the right.', () => log.do({type: 'sideways', columns: 8})), ...noWrap},
  ];
}

function move(keys: readonly string[], word: string, help: string, run: () => void): KeyBinding {
  return {keys, word, help, quiet: true, run};
}
