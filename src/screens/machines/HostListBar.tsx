import {Box} from 'ink';
import {useState} from 'react';
import {foldHostNames, type HostListMatch} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {cellWidth, cut, plain} from '../../ui/widgets/cells.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import type {AppModel} from '../app-model.ts';

/** Rows of the bar. */
export const hostListBarHeight = 2;

/** A host list being typed: the machines it names are marked at once, and counted; or it says what is wrong with it. */
export function HostListBar({app, width}: {readonly app: AppModel; readonly width: number}) {
  const theme = useTheme();
  const {machines} = app;
  const [said, say] = useState<Row>(() => helpRow(app, width, theme));
  const mark = (marks: ReadonlySet<string>): void => {
    machines.set({table: {...machines.get().table, marks, anchor: undefined}});
  };
  const leave = (): void => machines.set({input: undefined});
  const change = (text: string): void => {
    if (text.trim() === '') {
      mark(machines.get().marksBefore);
      say(helpRow(app, width, theme));
      return;
    }
    const match = app.machines.ask.match(text, machines.get().list?.machines ?? []);
    // What is not finished yet names nobody; the marks of before come back with it.
    mark(match.machines ? new Set(match.machines.map(({name}) => name)) : machines.get().marksBefore);
    say(matchRow(match, width, theme));
  };
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Rows rows={[said]} width={width} height={1} />
      <TextInput
        prompt="hosts: "
        title="Host list"
        width={width}
        words={['keep marks', 'cancel']}
        onChange={change}
        onSubmit={leave}
        onCancel={() => {
          mark(machines.get().marksBefore);
          leave();
        }}
      />
    </Box>
  );
}

/** '✓ 16 machines: gpu[01-16]', or what is wrong. */
function matchRow(match: HostListMatch, width: number, theme: Theme): Row {
  const {glyphs} = theme;
  if (match.problem) {
    const {message, hint} = match.problem;
    const text = `${glyphs.failed} ${message}${hint === undefined ? '' : ` ${hint}`}`;
    return row(` ${cut(plain(text), width - 1, glyphs.ellipsis)}`, 'failed');
  }
  const names = match.machines.map(({name}) => name);
  const text = names.length === 0 ? 'no machine' : `${count(names.length, 'machine')}: ${foldHostNames(names)}`;
  return row(
    ` ${cut(plain(`${names.length > 0 ? glyphs.ok : glyphs.warning} ${text}`), width - 1, glyphs.ellipsis)}`,
    names.length > 0 ? 'ok' : 'warning',
  );
}

/** What may be typed: as many groups of this configuration as there is room for. */
function helpRow(app: AppModel, width: number, theme: Theme): Row {
  const groups = (app.machines.get().list?.groups ?? []).map(({name}) => name);
  const textOf = (most: number): string => {
    const known = groups.length > 0 ? groups : ['@all'];
    const named = [...known.slice(0, most), ...(most < known.length ? [theme.glyphs.ellipsis] : [])];
    return `${['gpu[01-16]', 'gpu*', ...named].join(', ')}; & keeps both, ! takes away`;
  };
  let most = Math.max(1, groups.length);
  while (most > 1 && cellWidth(plain(textOf(most))) > width - 1) most -= 1;
  const text = textOf(most);
  return row(` ${cut(plain(text), width - 1, theme.glyphs.ellipsis)}`, 'quiet');
}
