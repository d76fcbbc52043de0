import type {Command} from './command.ts';
import {changingFlags, imageNames, textFlags} from './common.ts';

export const imageCommands: readonly Command[] = [
  {
    name: 'image list',
    flags: ['source', 'config', ...textFlags],
    about: 'The images of the tree, what each needs, and the order they build in.',
    more: [
      'Reads the tree, executes nothing of it and writes nothing into it. Problems of the tree go to stderr.',
      'An image needs the images its Dockerfile names and, where its component names another one (component.dep), all images of that. Names with a registry are known by the configuration.',
    ],
    json: '{"images":[{"name","component","dockerfile","layout","needs":[]}],"order":[["base-image"],["hadoop-run"]]}',
    examples: ['pai-tui image list -s ~/pai', "pai-tui image list --json | jq -r '.images[].name'"],
    since: '0.1.0',
  },
  {
    name: 'image status',
    argument: imageNames,
    flags: ['source', 'config', 'check-bases', ...textFlags],
    about: 'What would be built, and why.',
    more: [
      'The state unknown means that a component has a hook, which is decided while running, or that nobody could be asked.',
    ],
    json: '{"images":[{"name","state":"current"|"stale"|"never"|"unknown","reasons":[]}]}',
    examples: ['pai-tui image status', 'pai-tui image status rest-server --check-bases'],
    since: '0.1.0',
  },
  {
    name: 'image graph',
    flags: ['source', 'config', 'dot', 'ascii', ...textFlags],
    about: 'What stands on what, as a drawing in text or for Graphviz.',
    json: 'as image list',
    examples: ['pai-tui image graph', 'pai-tui image graph --dot | dot -Tsvg > images.svg'],
    since: '0.1.0',
  },
  {
    name: 'image build',
    argument: imageNames,
    flags: ['source', 'config', 'force', 'no-cache', 'check-bases', 'builder', ...changingFlags],
    about: 'Build what is not current, in the order of its dependencies, prerequisites included.',
    more: [
      'NAME is an image or a component; without one, all are built.',
      'The run goes on when this command is told to end or the connection drops. Ctrl-C asks the run to stop: once, and nothing new starts; twice, and what is critical is stopped too; a third time leaves the run to itself.',
    ],
    examples: ['pai-tui image build --dry-run', 'pai-tui image build rest-server webportal --yes --parallel 4'],
    since: '0.1.0',
  },
  {
    name: 'image push',
    argument: {...imageNames, placeholder: 'NAME'},
    flags: ['source', 'config', ...changingFlags],
    about: 'Tag and push images as their era names them; what the registry already has is skipped.',
    more: ['NAME is an image; without one, all are pushed. Prerequisites are not pushed along.'],
    examples: ['pai-tui image push -c ~/cluster --yes'],
    since: '0.1.0',
  },
];
