import {count} from '../../ui/widgets/amounts.ts';
import {TextDialog} from '../../ui/widgets/TextDialog.tsx';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';
import {useStore} from '../use-store.ts';
import type {MachineRunModel} from './machine-run-model.ts';
import {goesOn} from './machine-run-rows.ts';

/** Asks whether a command is to be stopped on the machines where it still runs. */
export function openRunCancel(app: AppModel, model: MachineRunModel): void {
  app.open((screen) => <RunCancelDialog app={app} model={model} screen={screen} />);
}

interface RunCancelDialogProps {
  readonly app: AppModel;
  readonly model: MachineRunModel;
  readonly screen: ScreenSize;
}

function RunCancelDialog({app, model, screen}: RunCancelDialogProps) {
  const {machines} = useStore(model.state);
  const isLog = model.subject.kind === 'log';
  const going = machines.filter(goesOn);
  const over = going.length === 0;
  return (
    <TextDialog
      title={over ? 'It has ended' : isLog ? 'Follow no further?' : 'Stop this command?'}
      screen={screen}
      texts={
        over
          ? ['There is nothing to stop any more.']
          : [
              `It still runs on ${count(going.length, 'machine')}: ${going.map(({machine}) => machine.name).join(', ')}.`,
              isLog
                ? 'What came so far stays to be read.'
                : 'Its processes there are told to end, and are killed ten seconds later. What it changed stays changed.',
            ]
      }
      buttons={[
        {label: over ? 'Close' : 'Let it run', run: app.closeOverlay},
        ...(over
          ? []
          : [
              {
                label: 'Stop it',
                run: () => {
                  app.closeOverlay();
                  model.run.cancel();
                },
              },
            ]),
      ]}
      onCancel={app.closeOverlay}
    />
  );
}
