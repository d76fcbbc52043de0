import {Box} from 'ink';
import {useState} from 'react';
import {foldHostNames, type MachineSecrets, Secret} from '../../engine/index.ts';
import {Overlay} from '../../ui/pane/Overlay.tsx';
import {plain, wrapAtMost} from '../../ui/widgets/cells.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';

/** What may be asked for, in the order Tab goes through them. */
const kinds = ['password', 'passphrase', 'jumpPassword'] as const satisfies readonly (keyof MachineSecrets)[];
type SecretKind = (typeof kinds)[number];

const words: Readonly<Record<SecretKind, {readonly title: string; readonly prompt: string; readonly about: string}>> = {
  password: {
    title: 'Password',
    prompt: 'password: ',
    about: 'It is used to log in and for sudo, on all machines for which the configuration has none.',
  },
  passphrase: {
    title: 'Passphrase of keys',
    prompt: 'passphrase: ',
    about: 'It opens the private keys on this computer that have a passphrase.',
  },
  jumpPassword: {
    title: 'Password of jump hosts',
    prompt: 'password: ',
    about: 'It is used to log in to the hosts that are gone through, and to no machine.',
  },
};

/** Asks for a password, or for the passphrase of a key where one says that it has one; then goes on. */
export function openSecret(app: AppModel, then?: () => void): void {
  const {locked} = app.machines.shown();
  const hasPassphrase = locked.some(({problem}) => problem?.message.includes('passphrase'));
  askForSecret(app, {
    first: hasPassphrase ? 'passphrase' : 'password',
    ...whoWants(locked.map(({machine}) => machine.name)),
    given: then ?? (() => app.say('Trying it: asking all machines again.')),
  });
}

/** Machines that want a secret, in words. */
export function whoWants(names: readonly string[]): Pick<SecretWish, 'why'> {
  return names.length === 0 ? {} : {why: `For ${foldHostNames(names)}.`};
}

export interface SecretWish {
  readonly first: SecretKind;
  /** Who wants it, as a sentence. */
  readonly why?: string;
  /** Goes on with what was given. */
  readonly given: () => void;
  /** Goes back without it; absent: to the screen. */
  readonly left?: () => void;
}

/** The same for machines that somebody else was turned away by. */
export function askForSecret(app: AppModel, wish: SecretWish): void {
  app.open((screen) => <SecretDialog app={app} wish={wish} screen={screen} />);
}

/** Goes on at once where these machines let us in, else after asking for what they want. */
export function unlockFirst(app: AppModel, names: readonly string[], then: () => void): void {
  const {locked} = app.machines.shown();
  if (locked.some(({machine}) => names.includes(machine.name))) openSecret(app, then);
  else then();
}

interface SecretDialogProps {
  readonly app: AppModel;
  readonly wish: SecretWish;
  readonly screen: ScreenSize;
}

function SecretDialog({app, wish: {first, why, given, left}, screen}: SecretDialogProps) {
  const [kind, setKind] = useState<SecretKind>(first);
  useKeyTable([], {layer: 'modal', title: 'Password'});
  const width = Math.min(72, screen.columns);
  const inner = width - panelBorder - 2;
  const {title, prompt, about} = words[kind];
  const next = kinds[(kinds.indexOf(kind) + 1) % kinds.length] ?? 'password';
  const rows = [
    ...(why === undefined ? [] : [why]),
    about,
    'It is kept in memory until you leave, and written nowhere.',
  ]
    .flatMap((text) => wrapAtMost(plain(text), inner, 2))
    .slice(0, Math.max(1, screen.rows - 4))
    .map((line) => row(line));
  const height = Math.min(screen.rows, panelBorder + rows.length + 2);
  const leave = (): void => {
    app.closeOverlay();
    left?.();
  };
  const take = (typed: string): void => {
    if (typed === '') {
      leave();
      return;
    }
    app.closeOverlay();
    app.machines.unlock({[kind]: new Secret(typed)});
    given();
  };
  return (
    <Box position="absolute" width={screen.columns} height={screen.rows} justifyContent="center" alignItems="center">
      <Overlay width={width} height={height} flexShrink={0}>
        <Panel title={row(title, 'title')} width={width} height={height} focused>
          <Box flexDirection="column" paddingX={1}>
            <Rows rows={[...rows, []]} width={inner} height={rows.length + 1} />
            <TextInput
              key={kind}
              prompt={prompt}
              title="Password"
              width={inner}
              secret
              words={['use it', 'cancel']}
              onSubmit={take}
              onCancel={leave}
              keys={[
                {
                  keys: ['tab'],
                  word: words[next].title.toLowerCase(),
                  help: 'Give another: of the machines, of private keys, of hosts to go through.',
                  run: () => setKind(next),
                },
              ]}
            />
          </Box>
        </Panel>
      </Overlay>
    </Box>
  );
}
