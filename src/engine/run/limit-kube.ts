import {basename} from 'node:path';
import {type Kube, type KubeAccess, nameOf, type ObjectName, objectWords, type PlacedPod} from '../kube-tools.ts';
import type {Effect} from '../plan/types.ts';

type KubeEffect = Extract<Effect, {kind: 'kube'}>;

/** What an effect names where pods go from a node. */
function nodeOf({node}: PlacedPod): ObjectName {
  return {apiVersion: 'v1', kind: 'Node', name: node};
}

/**
 * APIs of Kubernetes through which only those objects change that a task declared. `check` throws where a call is not
 * allowed.
 */
export function limitKube(
  kube: KubeAccess,
  limits: {readonly does: readonly Effect[]; readonly runFolder: string},
  check: (call: string, allowed: boolean) => void,
): KubeAccess {
  const allow = (verb: KubeEffect['verb'], object: ObjectName) =>
    check(
      `${verb} ${objectWords(object)}`,
      limits.does.some((effect) => effect.kind === 'kube' && effect.verb === verb && isSame(effect.object, object)),
    );
  const isSame = (declared: ObjectName, given: ObjectName) =>
    declared.apiVersion === given.apiVersion &&
    declared.kind === given.kind &&
    named(declared.namespace) === given.namespace &&
    named(declared.name) === given.name;
  const named = (declared: string | undefined) => declared?.replace('$RUN', basename(limits.runFolder));

  return {open: (kubeconfig, server) => limited(kube.open(kubeconfig, server))};

  function limited(api: Kube): Kube {
    return {
      server: api.server,
      version: (...args) => api.version(...args),
      notReady: (...args) => api.notReady(...args),
      nodes: (...args) => api.nodes(...args),
      pods: (...args) => api.pods(...args),
      read: (...args) => api.read(...args),
      wouldApply: (...args) => api.wouldApply(...args),
      podLog: (...args) => api.podLog(...args),
      close: () => api.close(),
      async apply(object, signal) {
        // A copy: what was checked is what is done, whatever becomes of the object meanwhile.
        const checked = structuredClone(object);
        allow('apply', nameOf(checked));
        return api.apply(checked, signal);
      },
      async patch(object, patch, signal) {
        const checked = {...object};
        allow('patch', checked);
        return api.patch(checked, patch, signal);
      },
      async evict(pod, signal) {
        const checked = {...pod};
        allow('evict', nodeOf(checked));
        return api.evict(checked, signal);
      },
      async removePod(pod, options, signal) {
        const checked = {...pod};
        allow('evict', nodeOf(checked));
        return api.removePod(checked, {...options}, signal);
      },
      async remove(object, signal) {
        const checked = {...object};
        allow('remove', checked);
        return api.remove(checked, signal);
      },
    };
  }
}
