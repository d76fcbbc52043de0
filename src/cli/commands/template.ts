import type {Command} from './command.ts';
import {textFlags} from './common.ts';

export const templateCommands: readonly Command[] = [
  {
    name: 'template render',
    argument: {placeholder: 'FILE', count: 'one', of: 'files'},
    flags: ['context', ...textFlags],
    about: 'One template as Jinja2 renders it, byte for byte, on stdout.',
    more: [
      'Names that are not there are rendered as nothing, as Jinja2 does, and told on stderr with their lines.',
      'Templates that it includes are found in the tree that FILE lies in, or beside it; never outside.',
    ],
    json: '{"text","problems":[{"severity","code","message","file","line","column"}]}',
    examples: ['pai-tui template render start.sh.template --context cluster.yaml'],
    since: '0.1.0',
  },
];
