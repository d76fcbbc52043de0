import {Box} from 'ink';
import {Secret} from '../../engine/index.ts';
import {Overlay} from '../../ui/pane/Overlay.tsx';
import {count} from '../../ui/widgets/amounts.ts';
import {plain, wrap} from '../../ui/widgets/cells.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';

/** What is asked for: of an account on the machines, or of a private key on this computer. */
type SecretKind = 'password' | 'passphrase';

/** Asks for a password, or for the passphrase of a key where that is what is missing; then goes on. */
export function openSecret(app: AppModel, then?: () => void): void {
  const {locked} = app.machines.shown();
  const keys = locked.some(({problem}) => problem?.code === 'secret-missing');
  const kind: SecretKind = keys && app.machines.get().secrets.passphrase === undefined ? 'passphrase' : 'password';
  app.open((screen) => <SecretDialog app={app} kind={kind} screen={screen} then={then} />);
}

/** Goes on at once where these machines let us in, else after asking for what they want. */
export function unlockFirst(app: AppModel, names: readonly string[], then: () => void): void {
  const {locked} = app.machines.shown();
  if (locked.some(({machine}) => names.includes(machine.name))) openSecret(app, then);
  else then();
}

interface SecretDialogProps {
  readonly app: AppModel;
  readonly kind: SecretKind;
  readonly screen: ScreenSize;
  readonly then?: (() => void) | undefined;
}

function SecretDialog({app, kind, screen, then}: SecretDialogProps) {
  useKeyTable([], {layer: 'modal', title: 'Password'});
  const {locked} = app.machines.shown();
  const width = Math.min(72, screen.columns);
  const inner = width - panelBorder - 2;
  const who =
    locked.length > 0
      ? `${count(locked.length, 'machine')}: ${locked.map(({machine}) => machine.name).join(', ')}. `
      : '';
  const text =
    kind === 'password'
      ? `${who}It is used to log in and for sudo where the configuration has no password, on all machines.`
      : `${who}It opens the private keys of the configuration that have a passphrase.`;
  const rows = [
    ...wrap(plain(text), inner).slice(0, Math.max(1, screen.rows - 6)),
    'It is kept in memory until you leave, and written nowhere.',
  ].map((line) => row(line));
  const height = Math.min(screen.rows, panelBorder + rows.length + 2);
  const take = (typed: string): void => {
    app.closeOverlay();
    if (typed === '') return;
    app.machines.unlock({[kind]: new Secret(typed)});
    if (then) then();
    else app.say(`Trying it: asking all machines again.`);
  };
  return (
    <Box position="absolute" width={screen.columns} height={screen.rows} justifyContent="center" alignItems="center">
      <Overlay width={width} height={height} flexShrink={0}>
        <Panel
          title={row(kind === 'password' ? 'Password' : 'Passphrase', 'title')}
          width={width}
          height={height}
          focused
        >
          <Box flexDirection="column" paddingX={1}>
            <Rows rows={[...rows, []]} width={inner} height={rows.length + 1} />
            <TextInput
              prompt={`${kind}: `}
              title="Password"
              width={inner}
              secret
              words={['use it', 'cancel']}
              onSubmit={take}
              onCancel={app.closeOverlay}
            />
          </Box>
        </Panel>
      </Overlay>
    </Box>
  );
}
