import {Box, useWindowSize} from 'ink';
import type {ReactNode} from 'react';
import type {KeyRouter} from '../keys/router.ts';
import {KeyRouterContext} from '../keys/use-keys.ts';
import type {Theme} from '../theme/theme.ts';
import {ThemeContext} from '../theme/use-theme.ts';
import type {Compositor} from './compositor.ts';
import type {AppTerminal} from './use-terminal.ts';
import {TerminalContext} from './use-terminal.ts';

interface AppRootProps {
  readonly terminal: AppTerminal;
  readonly compositor: Compositor;
  readonly router: KeyRouter;
  readonly theme: Theme;
  readonly children: ReactNode;
}

/** The tree on exactly the whole terminal, with all that hooks of the kit look for. */
export function AppRoot({terminal, compositor, router, theme, children}: AppRootProps) {
  const {columns, rows} = useWindowSize();
  return (
    <TerminalContext value={{...terminal, spots: compositor}}>
      <ThemeContext value={theme}>
        <KeyRouterContext value={router}>
          <Box width={columns} height={rows} flexDirection="column" overflow="hidden">
            {children}
          </Box>
        </KeyRouterContext>
      </ThemeContext>
    </TerminalContext>
  );
}
