import {useCallback, useSyncExternalStore} from 'react';
import {useStore} from '../use-store.ts';
import {isBusy} from './machine-places.ts';
import type {MachinesModel} from './machines-model.ts';

/** What the screen holds open on machines, which ends with it. */
export interface MachineActivity {
  /** Commands that run. */
  readonly commands: number;
  /** Shells that are open. */
  readonly shells: number;
}

/** Draws again when a command on machines begins or ends, or a shell does. */
export function useMachineActivity({get, subscribe, shells}: MachinesModel): MachineActivity {
  const places = useSyncExternalStore(subscribe, () => get().places);
  const watchPlaces = useCallback(
    (listener: () => void) => {
      const ends = places.map(({model}) => model.state.subscribe(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    [places],
  );
  const commands = useSyncExternalStore(watchPlaces, () => places.filter(isBusy).length);
  const open = useStore(shells).shells.filter(({status}) => status === 'running').length;
  return {commands, shells: open};
}
