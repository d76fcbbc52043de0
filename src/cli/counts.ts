import type {FlagName} from './flags.ts';
import {misuse} from './misuse.ts';

/** A whole number from 1 on, as a flag has it. Throws `usage`. */
export function readCount(flag: FlagName, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1 && /^\d+$/.test(text)) return count;
  throw misuse(`--${flag} needs a whole number from 1 on, not "${text}".`);
}
