/** The labels of a node as the configuration says: those it names, and none that it named before. Pure. */

import type {KubeObject} from '../../kube-tools.ts';

/** On the node: the labels that were put by the configuration, so that none of somebody else's is taken away. */
export const labelsAnnotation = 'pai-tui/labels';

export interface LabelChange {
  /** A merge patch, also where it changes nothing. */
  readonly patch: object;
  /** Labels that go. */
  readonly removed: readonly string[];
}

/** Undefined where the configuration has nothing to say of the node, now or before. */
export function labelChange({metadata}: KubeObject, labels: readonly string[]): LabelChange | undefined {
  const {labels: there = {}, annotations: {[labelsAnnotation]: noted} = {}} = metadata;
  if (labels.length === 0 && noted === undefined) return undefined;
  const before = (noted ?? '').split(',');
  // One with another value was given that by somebody else.
  const removed = before.filter((label) => !labels.includes(label) && there[label] === 'true');
  const wanted = [...labels.map((label) => [label, 'true']), ...removed.map((label) => [label, null])];
  const note = labels.length === 0 ? null : labels.toSorted().join(',');
  return {patch: {metadata: {labels: Object.fromEntries(wanted), annotations: {[labelsAnnotation]: note}}}, removed};
}
