import {objectWords} from '../kube-tools.ts';
import type {Effect} from './types.ts';

/**
 * An effect as one line for people: 'docker build rest-server', 'run build-pre.sh in tree/root of the run folder',
 * 'write below tree of the run folder'. The words are the same before a run, in its report and in a difference.
 * The id of the run stands in them as `<run>`.
 */
export function effectWords(effect: Effect): string {
  const words = wordsOf(effect);
  // Of this computer, $RUN is the folder of the run.
  return effect.kind === 'command' || effect.kind === 'file' ? words : words.replaceAll('$RUN', '<run>');
}

function wordsOf(effect: Effect): string {
  const decided = effect.decided === undefined ? '' : ` (decided while running: ${effect.decided})`;
  switch (effect.kind) {
    case 'command':
      return `run ${effect.argv.map(shellWord).join(' ')} in ${placeWords(effect.cwd)}${decided}`;
    case 'file': {
      const below = effect.path.endsWith('/**');
      const place = placeWords(below ? effect.path.slice(0, -3) : effect.path);
      return `write ${below ? `below ${place}` : place}${effect.digest === 'secret' ? ' (holds a secret)' : ''}${decided}`;
    }
    case 'docker':
      return `docker ${effect.call} ${effect.image}${decided}`;
    case 'kube':
      if (effect.verb === 'evict') return `evict pods of ${objectWords(effect.object)}${decided}`;
      return `${effect.verb} ${objectWords(effect.object)}${decided}`;
    case 'script': {
      const call = [effect.name, ...(effect.args ?? []).map(shellWord)].join(' ');
      return `run ${call} on ${effect.on}${effect.sudo ? ' as root' : ''}${decided}`;
    }
    case 'machine file': {
      const below = effect.path.endsWith('/**');
      const place = below ? `below ${effect.path.slice(0, -3) || '/'}` : effect.path;
      return `write ${place} on ${effect.on}${effect.digest === 'secret' ? ' (holds a secret)' : ''}${decided}`;
    }
    case 'container':
      return effect.call === 'pull'
        ? `pull the image ${effect.name} on ${effect.on}${decided}`
        : `${effect.call} the container ${effect.name} on ${effect.on}${decided}`;
  }
}

/** A word as a POSIX shell takes it whole, quoted where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./~-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** '$RUN/tree' as 'tree of the run folder'; other paths as they are. */
function placeWords(path: string): string {
  for (const [name, words] of folders) {
    if (path === name) return words;
    if (path.startsWith(`${name}/`)) return `${path.slice(name.length + 1)} of ${words}`;
  }
  return path;
}

const folders = [
  ['$RUN', 'the run folder'],
  ['$STATE', 'the state folder'],
] as const;
