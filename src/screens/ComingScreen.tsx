import {Box} from 'ink';
import {wrap} from '../ui/widgets/cells.ts';
import {Panel} from '../ui/widgets/Panel.tsx';
import {panelBorder} from '../ui/widgets/panel-edges.ts';
import {Rows} from '../ui/widgets/Rows.tsx';
import {type Row, row} from '../ui/widgets/rows.ts';
import {type Tab, tabs} from './app-model.ts';

export interface ComingScreenProps {
  readonly tab: Exclude<Tab, 'images' | 'cluster' | 'machines' | 'runs'>;
  readonly width: number;
  readonly height: number;
}

/** A screen that is not there yet: what it will hold, and what can be done today. */
export function ComingScreen({tab, width, height}: ComingScreenProps) {
  const {coming, today} = comingWords[tab];
  const inner = Math.max(8, width - panelBorder - 2);
  const rows: Row[] = [
    [],
    ...wrap('This screen is not part of this version.', inner).map((line) => row(line, 'title')),
    [],
    ...wrap(coming, inner).map((line) => row(line)),
    [],
    ...wrap(today, inner).map((line) => row(line, 'quiet')),
    [],
    ...wrap('1 goes to the images, 5 to the runs.', inner).map((line) => row(line, 'key')),
  ];
  return (
    <Panel
      title={row(tabs.find((entry) => entry.tab === tab)?.word ?? tab, 'title')}
      width={width}
      height={height}
      focused
    >
      <Box paddingX={1}>
        <Rows rows={rows} width={inner} height={height - panelBorder} />
      </Box>
    </Panel>
  );
}

/** What is not there yet, and what can be done today. */
const comingWords: Readonly<Record<ComingScreenProps['tab'], {readonly coming: string; readonly today: string}>> = {
  services: {
    coming: 'It will list the services with what each needs, and render, start, stop, refresh and delete them.',
    today: 'Today: the images of services are built and pushed on the Images screen.',
  },
};
