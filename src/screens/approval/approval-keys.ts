import type {OperationRequest} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {moveKeys} from '../../ui/widgets/list-keys.ts';
import {type ListAction, reduceList} from '../../ui/widgets/list-state.ts';
import {type ApprovalModel, type ApprovalState, isOfImages} from './approval-model.ts';
import {idsOf, removalWords} from './approval-rows.ts';

/** What can be looked at and chosen before a plan is started. */
export function approvalKeys(
  approval: ApprovalModel,
  state: ApprovalState,
  {page, askSecret}: {readonly page: number; readonly askSecret: () => void},
): readonly KeyBinding[] {
  const act = (action: ListAction): void => {
    const {list, folded} = approval.get();
    approval.set({list: reduceList(list, action, idsOf(folded)), effectsTop: 0});
  };
  const {request} = state;
  const ask = (change: (request: OperationRequest) => OperationRequest): void =>
    approval.ask(change(approval.get().request));
  const parallel = (by: number): void =>
    ask((asked) => {
      const next = (asked.parallel ?? (by > 0 ? 0 : 2)) + by;
      const {parallel: _, ...rest} = asked;
      return next < 1 ? rest : {...rest, parallel: Math.min(64, next)};
    });
  return [
    {
      keys: ['e'],
      word: 'effects',
      help: 'List everything the task under the cursor may change.',
      run: () => approval.set({effects: !approval.get().effects}),
    },
    ...choiceKeys(request, ask),
    ...(isOfImages(request) ? [] : machineKeys(state, ask, askSecret)),
    {
      keys: ['+', '='],
      word: 'more at once',
      help: 'Do more tasks at the same time.',
      quiet: true,
      run: () => parallel(1),
    },
    {
      keys: ['-'],
      word: 'fewer at once',
      help: 'Do fewer tasks at the same time.',
      quiet: true,
      run: () => parallel(-1),
    },
    ...moveKeys(act, page),
  ];
}

type Ask = (change: (request: OperationRequest) => OperationRequest) => void;

/** What one operation can be asked for and others cannot. */
function choiceKeys({operation}: OperationRequest, ask: Ask): readonly KeyBinding[] {
  switch (operation) {
    case 'image build':
      return [
        {
          keys: ['f'],
          word: 'force',
          help: 'Build even what is current.',
          run: () => ask((asked) => (asked.operation === 'image build' ? {...asked, force: !asked.force} : asked)),
        },
        {
          keys: ['n'],
          word: 'no cache',
          help: "Build without the engine's layer cache.",
          run: () => ask((asked) => (asked.operation === 'image build' ? {...asked, noCache: !asked.noCache} : asked)),
        },
        {
          keys: ['b'],
          word: 'builder',
          help: 'Choose the builder: auto (classic unless a Dockerfile needs BuildKit), classic, buildkit.',
          quiet: true,
          run: () =>
            ask((asked) =>
              asked.operation === 'image build' ? {...asked, builder: nextBuilder[asked.builder]} : asked,
            ),
        },
      ];
    case 'cluster k8s-bootup':
      return [
        {
          keys: ['v'],
          word: 'verify',
          help: 'Run the test pods also where nothing is changed.',
          run: () =>
            ask((asked) => (asked.operation === 'cluster k8s-bootup' ? {...asked, verify: !asked.verify} : asked)),
        },
        packageSetKey(ask),
      ];
    case 'cluster k8s-clean':
      return [
        {
          keys: ['f'],
          word: 'force',
          help: 'Remove the data of etcd instead of moving them aside.',
          run: () =>
            ask((asked) => (asked.operation === 'cluster k8s-clean' ? {...asked, force: !asked.force} : asked)),
        },
        packageSetKey(ask),
      ];
    case 'machine add':
      return [updateConfigKey(ask)];
    case 'machine remove':
      return [
        removalKey(ask, 'f', 'force', 'Remove pods too that no controller makes anew.'),
        removalKey(ask, 'b', 'ignoreBudgets', 'Remove pods also where a disruption budget forbids it.'),
        removalKey(ask, 'd', 'dead', 'The machine is dead: take it out without asking it. Refused while it answers.'),
        updateConfigKey(ask),
      ];
    default:
      return [];
  }
}

function removalKey(ask: Ask, key: string, choice: keyof typeof removalWords, help: string): KeyBinding {
  return {
    keys: [key],
    word: removalWords[choice],
    help,
    run: () => ask((asked) => (asked.operation === 'machine remove' ? {...asked, [choice]: !asked[choice]} : asked)),
  };
}

function updateConfigKey(ask: Ask): KeyBinding {
  return {
    keys: ['w'],
    word: 'write list',
    help: 'Write the change into the machine list of the configuration too; its lines are shown in the plan.',
    run: () =>
      ask((asked) =>
        asked.operation === 'machine add' || asked.operation === 'machine remove'
          ? {...asked, updateConfig: !asked.updateConfig}
          : asked,
      ),
  };
}

function packageSetKey(ask: Ask): KeyBinding {
  return {
    keys: ['s'],
    word: 'scripts',
    help: 'Choose whose scripts are run: those of pai-tui, or those that the tree brings, which are not proven.',
    quiet: true,
    run: () =>
      ask((asked) => {
        if (asked.operation !== 'cluster k8s-bootup' && asked.operation !== 'cluster k8s-clean') return asked;
        const {packageSet, ...rest} = asked;
        return packageSet === undefined ? {...rest, packageSet: 'tree'} : rest;
      }),
  };
}

const nextBuilder = {auto: 'classic', classic: 'buildkit', buildkit: 'auto'} as const;

function machineKeys({request, problem, wants}: ApprovalState, ask: Ask, askSecret: () => void): readonly KeyBinding[] {
  const isHeld = problem?.code === 'lock-held' || request.takeOverLock === true;
  return [
    {
      keys: ['p'],
      word: 'password',
      help: 'Give a password or passphrase to log in where the configuration has none; it is kept in memory only.',
      quiet: wants.length === 0,
      run: askSecret,
    },
    {
      keys: ['t'],
      word: 'take over lock',
      help: 'Take the lock of the cluster from a holder whose time is over.',
      quiet: !isHeld,
      ...(isHeld ? {} : {disabled: 'Nobody is known to hold the cluster.'}),
      run: () => ask(({takeOverLock = false, ...asked}) => (takeOverLock ? asked : {...asked, takeOverLock: true})),
    },
  ];
}
