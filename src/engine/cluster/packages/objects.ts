/** What is applied to the API once it is up: kube-proxy, the dashboard, the account for plain HTTP, and own manifests. */

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parseAllDocuments} from 'yaml';
import {displayText} from '../../names.ts';
import {readTemplate, templatesInside} from '../../package/read-template.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {createTemplates} from '../../template/templates.ts';
import type {ClusterLayout} from '../layout/types.ts';
import type {PackageChoice} from './choice.ts';
import {assetContext} from './context.ts';

/** An object of the API, whole. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly namespace?: string; readonly [key: string]: unknown};
  readonly [key: string]: unknown;
}

export type ObjectSet = 'kube-proxy' | 'dashboard' | 'plain-http';

/** Rendered of what is shipped; `assets` is the folder of it. */
export function clusterObjects(
  assets: string,
  set: ObjectSet,
  layout: ClusterLayout,
  choice: PackageChoice,
): readonly ClusterObject[] {
  const root = join(assets, 'kubernetes');
  const file = join(root, 'objects', `${set}.yaml.template`);
  const template = createTemplates(templatesInside(root)).compile(file, readTemplate(file));
  return objectsIn(template.render(assetContext(layout, choice)).text, file);
}

/** Those of a manifest of the operator (DNS, pod network). Throws `file-unreadable`, `config-invalid`. */
export async function manifestObjects(file: string): Promise<readonly ClusterObject[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ProblemError({
      code: 'file-unreadable',
      message: `The manifest ${displayText(file)} cannot be read: ${error.code}.`,
      hint: 'Look at its name in kubernetes-configuration.yaml; it counts from there.',
      file,
    });
  });
  return objectsIn(text, file);
}

/** Documents in their order, those of a List one by one. */
function objectsIn(text: string, file: string): readonly ClusterObject[] {
  const documents = parseAllDocuments(text);
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new ProblemError(mistake(`it is no YAML (${error.code})`, file, error.linePos?.[0].line));
    const value: unknown = document.toJS();
    if (value === null || value === undefined) return [];
    return listed(value).map((object) => {
      if (isObject(object)) return object;
      throw new ProblemError(mistake('something in it has no apiVersion, kind and name', file));
    });
  });
}

function listed(value: unknown): readonly unknown[] {
  const isList = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'List';
  return isList && 'items' in value && Array.isArray(value.items) ? value.items : [value];
}

function isObject(value: unknown): value is ClusterObject {
  if (typeof value !== 'object' || value === null) return false;
  const {apiVersion, kind, metadata} = value as Partial<Record<string, unknown>>;
  const name = typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : undefined;
  return [apiVersion, kind, name].every((text) => typeof text === 'string' && text !== '');
}

function mistake(because: string, file: string, line?: number): Problem {
  return {
    code: 'config-invalid',
    message: `${displayText(file)} cannot be applied: ${because}.`,
    hint: 'Try it with: kubectl apply --dry-run=client -f',
    file,
    ...(line === undefined ? {} : {line}),
  };
}
