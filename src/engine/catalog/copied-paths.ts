import {readInstructions, splitWords} from './dockerfile-lines.ts';

/** The first line of a Dockerfile that copies a folder of its context, or from within it; undefined when none does. */
export function copiesFrom(dockerfile: string, folder: string): number | undefined {
  const {instructions, escapeMark} = readInstructions(dockerfile);
  const copies = instructions.filter(({keyword}) => keyword === 'COPY' || keyword === 'ADD');
  return copies.find(({rest}) => {
    const words = rest.startsWith('[') ? rest.split(/[[\],\s"]+/).filter(Boolean) : splitWords(rest, escapeMark);
    if (words.some((word) => word.startsWith('--from='))) return false;
    const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
    return sources.some((source) => {
      const path = source.replace(/^["']|["']$/g, '').replace(/^(\.?\/)+/, '');
      return path === folder || path.startsWith(`${folder}/`);
    });
  })?.line;
}
