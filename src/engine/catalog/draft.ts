/** What an adapter reads of one layout, before names are put together to a Catalog. */

export interface ComponentDraft {
  readonly name: string;
  /** Relative to the tool root, like every path here unless it says absolute. */
  readonly folder: string;
  readonly images: readonly ImageDraft[];
  /** Components it names as needed (component.dep). */
  readonly needs: readonly Written[];
  readonly preHook?: string;
  readonly postHook?: string;
}

export interface ImageDraft {
  readonly name: string;
  /** The Dockerfile that will be built, there or not yet rendered. */
  readonly dockerfile: string;
  /** The file its FROM lines are read from; absent when there is none. */
  readonly source?: {readonly path: string; readonly isTemplate: boolean};
  readonly context: string;
  /** Images it names as needed (prerequisite). */
  readonly needs: readonly Written[];
  readonly copyList: readonly {readonly from: string; readonly to: string}[];
  readonly templates: readonly string[];
}

/** A name and the place it is written at; file absolute, line from 1. */
export interface Written {
  readonly name: string;
  readonly file: string;
  readonly line?: number;
}
