import {effectWords} from '../plan/effect-words.ts';
import type {TaskOutline} from './events.ts';

/** How two plans differ, one line per task and effect: `+` is new, `-` is gone, `~` is there but different. */
export function planDifference(approved: readonly TaskOutline[], now: readonly TaskOutline[]): string {
  const before = new Map(approved.map((task) => [task.id, task]));
  const after = new Set(now.map(({id}) => id));
  const lines = [
    ...now.flatMap((task) => {
      const old = before.get(task.id);
      return old ? changesOf(old, task) : [`+ ${task.id}: ${task.title}`, ...task.why.map((why) => `    ${why}`)];
    }),
    ...approved.filter(({id}) => !after.has(id)).map(({id, title}) => `- ${id}: ${title}`),
  ];
  return lines.join('\n');
}

function changesOf(old: TaskOutline, task: TaskOutline): readonly string[] {
  const lines = [
    ...(old.expected === task.expected ? [] : [`    expected: ${task.expected} (approved: ${old.expected})`]),
    ...(old.on === task.on ? [] : [`    on: ${task.on ?? 'this computer'} (approved: ${old.on ?? 'this computer'})`]),
    ...(old.touches === task.touches ? [] : [`    touches: ${task.touches} (approved: ${old.touches})`]),
    ...listChanges('needs ', old.needs, task.needs),
    ...listChanges('waits for the end of ', old.after ?? [], task.after ?? []),
    ...listChanges('', old.does.map(effectLine), task.does.map(effectLine)),
  ];
  return lines.length === 0 ? [] : [`~ ${task.id}: ${task.title}`, ...lines];
}

function listChanges(word: string, old: readonly string[], now: readonly string[]): readonly string[] {
  return [
    ...now.filter((item) => !old.includes(item)).map((item) => `  + ${word}${item}`),
    ...old.filter((item) => !now.includes(item)).map((item) => `  - ${word}${item}`),
  ];
}

function effectLine(effect: TaskOutline['does'][number]): string {
  return effect.kind === 'file' && effect.digest ? `${effectWords(effect)} as ${effect.digest}` : effectWords(effect);
}
