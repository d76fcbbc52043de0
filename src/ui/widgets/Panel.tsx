import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import {useTheme} from '../theme/use-theme.ts';
import {panelBorder, panelEdges} from './panel-edges.ts';
import type {Row} from './rows.ts';

export interface PanelProps {
  readonly title: Row;
  /** At the right end of the title line. */
  readonly aside?: Row;
  readonly width: number;
  readonly height: number;
  readonly focused?: boolean;
  readonly children?: ReactNode;
}

/** A bordered place with a title; what is in it has `panelBorder` less of width and height. */
export function Panel({title, aside = [], width, height, focused = false, children}: PanelProps) {
  const theme = useTheme();
  const inner = Math.max(0, height - panelBorder);
  const edges = panelEdges({title, aside, width, focused}, theme);
  const side = Array.from({length: inner}, () => edges.side).join('\n');
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={height} overflow="hidden">
      <Text wrap="truncate-end">{edges.top}</Text>
      <Box height={inner} width={width}>
        <Text>{side}</Text>
        <Box flexDirection="column" width={Math.max(0, width - panelBorder)} height={inner} overflow="hidden">
          {children}
        </Box>
        <Text>{side}</Text>
      </Box>
      <Text wrap="truncate-end">{edges.bottom}</Text>
    </Box>
  );
}
