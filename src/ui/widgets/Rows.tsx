import {Box, Text} from 'ink';
import {useTheme} from '../theme/use-theme.ts';
import {fitRow, paintRow, type Row, withoutBlankEnd} from './rows.ts';

export interface RowsProps {
  readonly rows: readonly Row[];
  readonly width: number;
  readonly height: number;
}

/** Rows of text in exactly this room: what is too much is left out, what is missing is blank. */
export function Rows({rows, width, height}: RowsProps) {
  const theme = useTheme();
  // Ink measures and cuts every cell of a text, so blanks that a box shows anyway are not given to it.
  const places = rows
    .slice(0, Math.max(0, height))
    .map((row, y) => ({place: `row ${y}`, row: withoutBlankEnd(fitRow(row, width, theme.glyphs.ellipsis))}));
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={height} overflow="hidden">
      {places.map(({place, row}) =>
        row.length === 0 ? (
          <Box key={place} height={1} flexShrink={0} />
        ) : (
          <Text key={place} wrap="truncate-end">
            {paintRow(row, theme)}
          </Text>
        ),
      )}
    </Box>
  );
}
