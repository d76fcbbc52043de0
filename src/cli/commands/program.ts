import type {Command} from './command.ts';
import {textFlags} from './common.ts';

export const programCommands: readonly Command[] = [
  {
    name: 'info',
    flags: ['source', 'config', ...textFlags],
    about: 'Every path, version and limit, for a bug report or a look around.',
    json: '{"info":[{"topic","value"}]}',
    examples: ['pai-tui info'],
    since: '0.1.0',
  },
  {
    name: 'completion',
    argument: {placeholder: 'SHELL', count: 'one', of: ['bash', 'zsh', 'fish']},
    flags: [],
    about: 'The completion of a shell, to be read by it.',
    examples: [
      'source <(pai-tui completion bash)',
      'source <(pai-tui completion zsh)',
      'pai-tui completion fish > ~/.config/fish/completions/pai-tui.fish',
    ],
    since: '0.1.0',
  },
];
