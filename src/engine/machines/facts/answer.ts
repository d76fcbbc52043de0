/** The lines that assets/machines/facts.sh prints, taken from whatever else came with them. */

import {displayText} from '../../names.ts';

/** What the machine answered, by section. Foreign text: nothing of it is checked yet. */
export interface Answer {
  /** The lines of a section in their order; empty where it said nothing. */
  lines(section: string): readonly string[];
  /** The first line of a section, unless it is empty. */
  first(section: string): string | undefined;
  /** Whether the script came to its end. */
  readonly complete: boolean;
}

const mostLines = 20_000;
const longestLine = 2000;

/** Reads the lines that begin with `mark`; everything else (banners, noise of profiles) is passed over. Never throws. */
export function readAnswer(text: string, mark: string): Answer {
  const sections = new Map<string, string[]>();
  const start = `${mark} `;
  let taken = 0;
  for (const line of text.split(/\r?\n/)) {
    // Noise without a line end may stand in front of one of ours.
    const at = line.indexOf(start);
    if (at < 0 || taken++ >= mostLines) continue;
    const rest = line.slice(at + start.length, at + start.length + longestLine);
    const space = rest.indexOf(' ');
    if (space < 1) continue;
    const section = rest.slice(0, space);
    const lines = sections.get(section);
    // A tab parts columns, so it stays; all else that cannot be seen goes.
    const said = rest
      .slice(space + 1)
      .split('\t')
      .map(displayText)
      .join('\t');
    if (lines) lines.push(said);
    else sections.set(section, [said]);
  }
  return {
    lines: (section) => sections.get(section) ?? [],
    first: (section) => sections.get(section)?.[0]?.trim() || undefined,
    complete: sections.get('end')?.[0] === 'ended',
  };
}

/** A number that was written plainly, undefined for anything else. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
}
