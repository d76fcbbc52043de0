import {join} from 'node:path';
import type {Problem, Severity} from '../../problem.ts';
import {checkShape} from '../check-shape.ts';
import {nodeAt} from '../node.ts';
import type {Shape} from '../shape.ts';
import {type FileRole, nameOf, type Sources} from '../sources.ts';
import {placeIn} from '../yaml-access.ts';

/** One file of a format: its shape, and how bad it is when it is not there. */
export interface WantedFile {
  readonly role: FileRole;
  readonly shape: Shape;
  readonly missing: Severity | 'fine';
  /** What does not work without it. */
  readonly without: string;
}

/** Every file against its shape. */
export function checkFiles(sources: Sources, wanted: readonly WantedFile[]): Problem[] {
  return wanted.flatMap(({role, shape, missing, without}): readonly Problem[] => {
    const source = sources.files.get(role);
    if (source) return checkShape(nodeAt(placeIn(source)), shape);
    if (missing === 'fine' || sources.unreadable.has(role)) return [];
    const name = nameOf(role);
    return [
      {
        code: 'config-missing',
        ...(missing === 'error' ? {} : {severity: missing}),
        message: `The configuration has no ${name}: ${without}.`,
        hint: `Add ${name} to ${sources.folder}.`,
        file: join(sources.folder, name),
      },
    ];
  });
}
