/**
 * H: like E–G, but Dockerfiles carry a cluster type: <image>.common.dockerfile and <image>.k8s.dockerfile are built,
 * <image>.yarn.dockerfile is for the other type.
 */

import type {ComponentDraft} from '../draft.ts';
import type {Tree} from '../tree.ts';
import {readComponentsNamed} from './component.ts';

export function readTypedComponents(tree: Tree): Promise<ComponentDraft[]> {
  return readComponentsNamed(tree, (file) => {
    const [, image, type] = /^(.+)\.(common|k8s|yarn)\.dockerfile$/.exec(file) ?? [];
    if (image !== undefined) return type === 'yarn' ? {} : {image};
    if (!file.endsWith('.dockerfile')) return {};
    return {ignoredBecause: 'images of this tree are named *.common.dockerfile or *.k8s.dockerfile'};
  });
}
