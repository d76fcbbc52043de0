/** Packages up to v0.4.0: a list of components, and for each role those it is made of (behaviour 2.1, 2.5). */

import type {YamlMap, YamlValue} from '../config/yaml.ts';
import {displayText, nearestNames} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {PackageEntry, PackageManifest} from './manifest.ts';
import {packagePath} from './package-path.ts';

export interface RoleRequest {
  /** What templates of Kubernetes see (`config.views.kubernetes`): it holds both lists, under the names of era A. */
  readonly view: YamlMap;
  readonly role: string;
  /** Components with `deleteAfterGenerate: 'True'` go to the first machine of a role alone. */
  readonly isFirst: boolean;
  /** Where the lists are written, for Problems. */
  readonly file: string;
}

/** Everything in those packages lies below src/. */
const job = 'src';

/**
 * What a machine of this role is sent. The templates are those of kubernetes-deployment/, which `src` counts from.
 * Throws `unknown-name` for a role that is not there, `tree-invalid` for a component that is nowhere described.
 */
export function roleManifest({view, role, isFirst, file}: RoleRequest): PackageManifest {
  const roles = asMap(view.get('remote_deployment'));
  const components = asMap(view.get('component_list'));
  if (!roles.has(role)) throw new ProblemError(unknownRole(role, [...roles.keys()].map(String), file));
  const named = asList(asMap(roles.get(role)).get('component')).map(asMap);
  const entries = named
    .filter((component) => isFirst || component.get('deleteAfterGenerate') !== 'True')
    .flatMap((component) => {
      const name = String(component.get('name') ?? '');
      const files = components.get(name);
      if (!Array.isArray(files))
        throw new ProblemError(
          invalid(`${role} has the component ${name}, which component_list does not describe`, file),
        );
      return files.map((written) => entryOf(name, asMap(written), file));
    });
  return {job, entries};
}

function entryOf(component: string, written: YamlMap, file: string): PackageEntry {
  const [src, dst] = [written.get('src'), written.get('dst')].map((value) => (typeof value === 'string' ? value : ''));
  const path = src ? packagePath(job, dst ?? '', src) : undefined;
  if (path === undefined)
    throw new ProblemError(
      invalid(`The component ${component} has an entry without src, or one that leads out of the package`, file),
    );
  return {path, src: `template/${src}.template`, how: 'rendered', file, line: 1, key: `component_list.${component}`};
}

function unknownRole(role: string, known: readonly string[], file: string): Problem {
  const [nearest] = nearestNames(role, known);
  return {
    code: 'unknown-name',
    message: `There is no role ${displayText(role)} in ${displayText(file)}.`,
    hint: nearest
      ? `Did you mean ${displayText(nearest)}?`
      : `Roles are: ${known.map(displayText).join(', ') || 'none'}.`,
    file,
  };
}

function invalid(because: string, file: string): Problem {
  return {
    code: 'tree-invalid',
    message: `${displayText(because)}.`,
    hint: 'Write its src (a template without .template) and dst (a folder of the package).',
    file,
  };
}

function asMap(value: YamlValue | undefined): YamlMap {
  return value instanceof Map ? (value as YamlMap) : new Map();
}

function asList(value: YamlValue | undefined): readonly YamlValue[] {
  return Array.isArray(value) ? (value as readonly YamlValue[]) : [];
}
