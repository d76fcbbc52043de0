import {Box} from 'ink';
import {useReducer, useRef, useState} from 'react';
import type {KeyTable} from '../keys/router.ts';
import {Overlay} from '../pane/Overlay.tsx';
import {helpRows} from './key-words.ts';
import {Panel} from './Panel.tsx';
import {panelBorder} from './panel-edges.ts';
import {Rows} from './Rows.tsx';
import {row} from './rows.ts';
import {TextInput} from './TextInput.tsx';
import {useKeyTable} from './use-key-table.ts';

export interface HelpProps {
  /** The tables as they were when help was asked for. */
  readonly tables: readonly KeyTable[];
  readonly screen: {readonly columns: number; readonly rows: number};
  readonly onClose: () => void;
}

/** Every key of this place; typing searches. */
export function Help({tables, screen, onClose}: HelpProps) {
  const [search, setSearch] = useState('');
  const top = useRef(0);
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const width = Math.min(100, screen.columns);
  const height = screen.rows;
  const innerWidth = width - panelBorder - 2;
  const bodyHeight = Math.max(1, height - panelBorder - 2);
  const rows = helpRows(tables, search, innerWidth);
  const highest = Math.max(0, rows.length - bodyHeight);
  const scroll = (by: number): void => {
    top.current = Math.max(0, Math.min(highest, top.current + by));
    redraw();
  };
  useKeyTable([], {layer: 'modal', title: 'Help'});
  const shown = Math.min(top.current, highest);
  const more = highest > 0 ? `${shown + 1}-${Math.min(rows.length, shown + bodyHeight)} of ${rows.length}` : '';
  return (
    <Box position="absolute" width={screen.columns} height={screen.rows} justifyContent="center">
      <Overlay width={width} height={height} flexShrink={0}>
        <Panel
          title={row('Help: keys of this place', 'title')}
          aside={row(more, 'quiet')}
          width={width}
          height={height}
          focused
        >
          <Box flexDirection="column" paddingX={1}>
            <TextInput
              prompt="search: "
              title="Help"
              width={innerWidth}
              onChange={(text) => {
                top.current = 0;
                setSearch(text);
              }}
              onSubmit={onClose}
              onCancel={onClose}
              words={['close', 'close']}
              keys={[
                {keys: ['down'], word: 'down', help: 'Scroll down.', quiet: true, run: () => scroll(1)},
                {keys: ['up'], word: 'up', help: 'Scroll up.', quiet: true, run: () => scroll(-1)},
                {
                  keys: ['pagedown', 'ctrl-f'],
                  word: 'more',
                  help: 'Scroll a page down.',
                  quiet: highest === 0,
                  run: () => scroll(bodyHeight - 1),
                },
                {
                  keys: ['pageup', 'ctrl-b'],
                  word: 'page up',
                  help: 'Scroll a page up.',
                  quiet: true,
                  run: () => scroll(1 - bodyHeight),
                },
              ]}
            />
            <Rows rows={[]} width={innerWidth} height={1} />
            <Rows rows={rows.slice(shown)} width={innerWidth} height={bodyHeight} />
          </Box>
        </Panel>
      </Overlay>
    </Box>
  );
}
