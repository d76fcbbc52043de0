import type {KeyBinding} from '../../ui/keys/binding.ts';
import type {AppModel} from '../app-model.ts';
import {type MachinePlace, placeWord} from './machine-places.ts';

/** Going round the table and what was opened beside it. */
export function placeKeys(app: AppModel): readonly KeyBinding[] {
  const {machines} = app;
  const around = (): readonly (MachinePlace | undefined)[] => [undefined, ...machines.get().places];
  const at = (by: number): MachinePlace | undefined => {
    const all = around();
    return all[(all.indexOf(machines.get().place) + by + all.length) % all.length];
  };
  const next = at(1);
  const none =
    machines.get().places.length === 0 ? {disabled: 'Nothing is open beside the table: x runs a command.'} : {};
  return [
    {
      keys: [']'],
      word: next ? placeWord(next) : 'machines',
      help: 'Go on to the next command that was run here, and back to the table.',
      quiet: machines.get().places.length === 0,
      ...none,
      run: () => machines.show(at(1)),
    },
    {
      keys: ['['],
      word: 'place before',
      help: 'Go to the command before.',
      quiet: true,
      ...none,
      run: () => machines.show(at(-1)),
    },
  ];
}
