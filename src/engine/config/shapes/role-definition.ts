import {anything, list, map, needed, type Shape, table} from '../shape.ts';
import {text} from '../shape-scalars.ts';

const components = map({component: needed(list(map({name: needed(text, 'name: kubelet')})), 'component: with a list')});

/** k8s-role-definition.yaml of B–E (behaviour 2.5), where every one of the three roles is looked up. */
export const roleDefinition: Shape = map({
  'component-list': needed(table(anything), 'component-list: with the files of each component'),
  'k8s-role': needed(
    map({
      master: needed(components, 'master: with its components'),
      worker: needed(components, 'worker: with its components'),
      proxy: needed(components, 'proxy: with its components'),
    }),
    'k8s-role: with master, worker and proxy',
  ),
});
