import {printableLine} from '../printable.ts';
import {ProblemError} from '../problem.ts';
import {registryOf} from '../tools.ts';

/** An image reference taken apart: repository without tag, and the tag. */
export interface Reference {
  readonly repository: string;
  readonly tag: string;
}

/** Throws `unknown-name` for what cannot be a reference with a tag; it must never reach a URL of the engine. */
export function parseReference(text: string): Reference {
  const colon = text.lastIndexOf(':');
  const tagged = colon > text.lastIndexOf('/');
  const repository = tagged ? text.slice(0, colon) : text;
  const tag = tagged ? text.slice(colon + 1) : 'latest';
  const registry = registryOf(repository);
  const written = repository.startsWith(`${registry}/`);
  const path = written ? repository.slice(registry.length + 1) : repository;
  if ((written && !hostPattern.test(registry)) || !pathPattern.test(path) || !tagPattern.test(tag))
    throw notAReference(text);
  return {repository, tag};
}

/** The text itself when it can name an image: a reference, one with a digest, or an image id. */
export function checkedImageName(text: string): string {
  const [name, digest, more] = text.split('@');
  if (/^(sha256:)?[0-9a-f]{12,64}$/.test(text)) return text;
  if (more !== undefined || (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))) throw notAReference(text);
  parseReference(name ?? '');
  return text;
}

const hostPattern = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])(?::\d+)?$/;
const pathPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

function notAReference(text: string): ProblemError {
  return new ProblemError({
    code: 'unknown-name',
    message: `"${printableLine(text, 120)}" is not an image reference.`,
    hint: 'A reference is [registry[:port]/]name[:tag], the name in small letters, digits and . _ - /.',
  });
}
