import {createContext, use} from 'react';
import type {Theme} from './theme.ts';

/** The theme of the app; set by mountApp. */
export const ThemeContext = createContext<Theme | undefined>(undefined);

export function useTheme(): Theme {
  const theme = use(ThemeContext);
  if (!theme) throw new Error('The theme is used outside of mountApp.');
  return theme;
}
