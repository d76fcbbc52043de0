/** The templates of images of A–D (`templatelist`, `template-list`), rendered from the configuration. */

import {createHash} from 'node:crypto';
import {posix} from 'node:path';
import type {Image} from '../catalog/types.ts';
import {withoutSecrets} from '../config/secret-keys.ts';
import {templateContext} from '../config/template-contexts.ts';
import type {ClusterConfig} from '../config/types.ts';
import {templatesInside} from '../package/read-template.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {createTemplates} from '../template/templates.ts';
import type {Files} from '../tools.ts';

export interface RenderedFile {
  /** Relative to the tool root: what is rendered, and what it becomes. */
  readonly template: string;
  readonly path: string;
  readonly text: string;
  /** Whether a secret of the configuration stands in it: then nothing that follows from it is remembered. */
  readonly holdsSecret: boolean;
}

export interface ImageTemplates {
  /**
   * Reads below `toolRoot`, what a template includes as well; writes nothing. Throws the Problem of the first template
   * that does not parse or render.
   */
  render(
    image: Image,
    toolRoot: string,
    files: Files,
  ): Promise<{readonly files: readonly RenderedFile[]; readonly warnings: Problem[]}>;
}

/** What a plan says of a file that is rendered. Plain JSON. */
interface RenderedFact {
  readonly image: string;
  readonly path: string;
  /** Of its content; 'secret' where it holds one. */
  readonly digest: string;
}

export interface TemplateFacts {
  readonly rendered: readonly RenderedFact[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export function imageTemplates(config: Pick<ClusterConfig, 'era' | 'views'>): ImageTemplates {
  const context = templateContext(config, {of: 'image'});
  const secrets = config.views.services.secrets();
  return {
    async render({context: folder, templates: names}, toolRoot, files) {
      const templates = createTemplates(templatesInside(toolRoot));
      const rendered: RenderedFile[] = [];
      const warnings: Problem[] = [];
      for (const name of names) {
        const path = posix.join(folder, name);
        const template = `${path}.template`;
        const file = await files.resolveInside(toolRoot, template);
        const {text, warnings: found} = templates.compile(file, await files.readText(file)).render(context);
        rendered.push({template, path, text, holdsSecret: withoutSecrets(text, secrets) !== text});
        warnings.push(...found);
      }
      return {files: rendered, warnings};
    },
  };
}

/** Renders the templates of images in memory: everything that is wrong with them at once. */
export async function readTemplateFacts(
  images: readonly Image[],
  toolRoot: string,
  templates: ImageTemplates,
  files: Files,
): Promise<TemplateFacts> {
  const rendered: RenderedFact[] = [];
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const image of images) {
    try {
      const found = await templates.render(image, toolRoot, files);
      warnings.push(...found.warnings);
      for (const {path, text, holdsSecret} of found.files) {
        const digest = holdsSecret ? 'secret' : createHash('sha256').update(text).digest('hex');
        rendered.push({image: image.name, path, digest});
      }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problems.push(error.problem);
    }
  }
  return {rendered, problems, warnings};
}
