/** A YAML file of a tree that declares images, with what is wrong in it noted. */

import {readYaml, type YamlPath, type YamlValue} from '../../config/yaml.ts';
import {note, readText, shownPath, type Tree} from '../tree.ts';

export interface Declarations {
  /** Names of the keys of a map; none for what is no map. */
  keys(path: YamlPath): string[];
  at(path: YamlPath): YamlValue | undefined;
  line(path: YamlPath): number | undefined;
  /** Notes what is there and is no map. */
  expectMap(path: YamlPath): void;
}

/** `imagesUnder`: the key whose keys are images, so that one given twice is a duplicate image. */
export async function readDeclarations(tree: Tree, file: string, imagesUnder?: string): Promise<Declarations> {
  const text = await readText(tree, file);
  const yaml = readYaml(text ?? '', file);
  for (const problem of yaml.problems) {
    const [above, image, ...deeper] = problem.key?.split('.') ?? [];
    if (imagesUnder !== undefined && above === imagesUnder && image !== undefined && deeper.length === 0) {
      const {severity: _, ...rest} = problem;
      const message = `The image ${image} is declared twice in ${shownPath(tree, file)}.`;
      note(tree, {...rest, code: 'duplicate-image', message, hint: 'Remove one of the two; the last one counts.'});
    } else note(tree, problem);
  }
  const at = (path: YamlPath): YamlValue | undefined => {
    let value = yaml.value;
    for (const part of path) {
      if (value instanceof Map) value = [...value].find(([key]) => String(key) === String(part))?.[1];
      else if (Array.isArray(value)) value = value[Number(part)];
      else return undefined;
    }
    return value;
  };
  const expectMap = (path: YamlPath) => {
    const value = at(path);
    if (value instanceof Map || value === null || value === undefined) return;
    const what = path.length > 0 ? path.join('.') : shownPath(tree, file);
    note(tree, {
      code: 'tree-invalid',
      message: `${what} must be a map of keys and values.`,
      file,
      line: yaml.line(path) ?? 1,
    });
  };
  expectMap([]);
  if (imagesUnder !== undefined) expectMap([imagesUnder]);
  return {
    keys(path) {
      const value = at(path);
      return value instanceof Map ? [...value.keys()].map(String) : [];
    },
    at,
    line: (path) => yaml.line(path),
    expectMap,
  };
}
