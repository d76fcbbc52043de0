/** Names that may become part of an image reference, a path and a task's name. */

/** One component of a Docker repository name. */
export function isImageName(name: string): boolean {
  return name.length <= 128 && /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/.test(name);
}

export function isComponentName(name: string): boolean {
  return name.length <= 255 && /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name);
}
