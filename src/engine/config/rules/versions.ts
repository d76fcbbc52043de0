import {kubernetesPlace, type Written} from './kubernetes-places.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Versions of Kubernetes and etcd, which are tags of images. */
export const versions: readonly Rule[] = [
  {
    name: 'tag-of-kubernetes',
    severity: 'warning',
    holds: 'Versions of Kubernetes and of its dashboard are written as their images are tagged, with a v: v1.9.9.',
    find: (input) =>
      [...parts(input), ...given(input, 'dashboard')].flatMap(({place, name, text}): readonly Finding[] => {
        if (!/^\d+(?:\.\d+){1,2}$/.test(text)) return [];
        return [{at: place, message: `${name} is ${text}, and no image has that tag.`, hint: `Write v${text}`}];
      }),
  },
  {
    name: 'tag-of-etcd',
    severity: 'warning',
    holds: 'The version of etcd is written as its image is tagged, without a v: 3.2.17.',
    find: (input) =>
      given(input, 'etcd').flatMap(({place, name, text}): readonly Finding[] => {
        if (!/^v\d/.test(text)) return [];
        return [
          {
            at: place,
            message: `${name} is ${text}, and the images of etcd have no v in their tags.`,
            hint: `Write ${text.slice(1)}`,
          },
        ];
      }),
  },
  {
    name: 'prefix-of-kubernetes-images',
    severity: 'error',
    holds: 'docker-registry of Kubernetes can stand before the name of an image: no http://, no / at its end.',
    find: (input) =>
      given(input, 'imagePrefix').flatMap(({place, name, text}): readonly Finding[] => {
        const better = text
          .trim()
          .replace(/^[a-z]+:\/\//i, '')
          .replace(/\/+$/, '');
        if (text === better && /^[\w.:/-]+$/.test(text)) return [];
        const isFit = /^[\w.:/-]+$/.test(better);
        const message = `${name} is "${text}", and no name of an image begins so.`;
        return [{at: place, message, hint: `Write ${isFit ? better : 'gcr.io/google_containers'}`}];
      }),
  },
  {
    name: 'one-version-of-kubernetes',
    severity: 'warning',
    holds: 'All parts of Kubernetes have the minor version of its API server.',
    find: (input) => {
      const [api] = given(input, 'apiserver');
      const wanted = api && minorOf(api.text);
      if (!api || wanted === undefined) return [];
      return parts(input).flatMap(({place, name, text}): readonly Finding[] => {
        const minor = minorOf(text);
        if (minor === undefined || minor === wanted) return [];
        const message = `${name} is ${text}, and ${api.name} is ${api.text}.`;
        return [{at: place, message, hint: `Write ${api.text}, so that all parts are of one version.`}];
      });
    },
  },
  {
    name: 'etcd-of-its-storage',
    severity: 'error',
    holds: 'storage-backend etcd3 stands beside an etcd of version 3.',
    find: (input) => {
      const [etcd] = given(input, 'etcd');
      const [backend] = given(input, 'storageBackend');
      if (!etcd || backend?.text !== 'etcd3' || !/^v?[012]\./.test(etcd.text)) return [];
      const message = `${etcd.name} is ${etcd.text}, which cannot store what ${backend.name} etcd3 asks for.`;
      return [{at: etcd.place, message, hint: `Write ${etcd.name.split('.').at(-1)}: 3.2.17`}];
    },
  },
];

function parts(input: RuleInput): readonly Written[] {
  return (['hyperkube', 'apiserver', 'scheduler', 'controllerManager'] as const).flatMap((part) => given(input, part));
}

function given(input: RuleInput, setting: Parameters<typeof kubernetesPlace>[1]): readonly Written[] {
  const written = kubernetesPlace(input, setting);
  return written ? [written] : [];
}

/** '1.9' of v1.9.9. */
function minorOf(version: string): string | undefined {
  return /^v?(\d+\.\d+)(?:\.|$)/.exec(version)?.[1];
}
