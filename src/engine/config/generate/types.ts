import type {Era} from '../../catalog/types.ts';
import type {Problem} from '../../problem.ts';

export interface GenerateRequest {
  /** The quick-start file, absolute. */
  readonly quickStart: string;
  /** The folder to write to, absolute; made when it is not there. */
  readonly output: string;
  /** The tree the configuration is for, absolute: its era decides which files there are. */
  readonly source: string;
  /** Write also where a file is already; that one is kept under another name. */
  readonly overwrite: boolean;
  /** Say what would be written, and write nothing. */
  readonly dryRun: boolean;
}

export interface GenerateReport {
  readonly folder: string;
  readonly era: Era;
  /** Empty where an error stands among the problems: then nothing was written. */
  readonly files: readonly GeneratedFile[];
  /** Mistakes of the quick-start file, all at once; what was guessed, as notices; files that were left alone. */
  readonly problems: readonly Problem[];
}

export interface GeneratedFile {
  readonly name: string;
  /** Of a dry run: what would happen. kept: it was there, and nobody asked to overwrite it. */
  readonly action: 'written' | 'replaced' | 'kept';
  /** What the file that was there is called now; in a dry run nothing has a new name yet. */
  readonly backup?: string;
  /** Only its owner can read it. */
  readonly hasSecret: boolean;
  /** What is in it, secrets as dots. */
  readonly shown: string;
}
