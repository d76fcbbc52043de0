/** Where in a template the compiler is. */

import {Symbols} from './symbols.ts';

export interface Frame {
  readonly symbols: Symbols;
  /** The variable that text is added to. */
  readonly buffer: string;
  /** Outside of loops, macros and blocks: what is set here can be imported. */
  readonly isTopLevel: boolean;
  /** Outside of `if` too. */
  readonly isRootLevel: boolean;
  /** Inside an `if`: a filter that does not exist fails only when it is reached. */
  readonly isSoft: boolean;
  /** Text counts only as long as no other template is extended. */
  readonly checksExtends: boolean;
}

export function outermostFrame(buffer: string, checksExtends: boolean, isTopLevel: boolean): Frame {
  return {symbols: new Symbols(), buffer, isTopLevel, isRootLevel: isTopLevel, isSoft: false, checksExtends};
}

/** A scope of its own inside another. */
export function innerFrame(frame: Frame, changes: Partial<Pick<Frame, 'buffer' | 'checksExtends'>> = {}): Frame {
  return {
    ...frame,
    symbols: new Symbols(frame.symbols),
    isTopLevel: false,
    isRootLevel: false,
    isSoft: false,
    ...changes,
  };
}

/** A branch, which has no scope of its own. */
export function softFrame(frame: Frame): Frame {
  return {...frame, symbols: frame.symbols.copy(), isRootLevel: false, isSoft: true};
}
