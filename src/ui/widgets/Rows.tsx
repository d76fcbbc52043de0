import {Box, Text} from 'ink';
import {useTheme} from '../theme/use-theme.ts';
import {fitRow, paintRow, type Row} from './rows.ts';

export interface RowsProps {
  readonly rows: readonly Row[];
  readonly width: number;
  readonly height: number;
}

/** Rows of text in exactly this room: what is too much is left out, what is missing is blank. */
export function Rows({rows, width, height}: RowsProps) {
  const theme = useTheme();
  const places = Array.from({length: Math.max(0, height)}, (_, y) => `row ${y}`);
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={height} overflow="hidden">
      {places.map((place, y) => (
        <Text key={place} wrap="truncate-end">
          {paintRow(fitRow(rows[y] ?? [], width, theme.glyphs.ellipsis), theme)}
        </Text>
      ))}
    </Box>
  );
}
