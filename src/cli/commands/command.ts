import type {FlagName} from '../flags.ts';

/** One command: what is parsed, helped, completed and documented all comes from here. */
export interface Command {
  /** Noun and verb as typed: 'image build', 'info'. */
  readonly name: CommandName;
  readonly argument?: Argument;
  /** What stands behind --, e.g. a command for machines. */
  readonly rest?: {readonly placeholder: string; readonly needed: boolean};
  readonly flags: readonly FlagName[];
  /** What a flag means here, where that is not what it means elsewhere. */
  readonly means?: {readonly [Name in FlagName]?: string};
  /** One sentence. */
  readonly about: string;
  /** More sentences for its own help, one paragraph each. */
  readonly more?: readonly string[];
  /** The JSON of a query, as a shape; an operation prints its events instead. */
  readonly json?: string;
  readonly examples: readonly string[];
  /** The version of the program that brought it. */
  readonly since: string;
}

export interface Argument {
  readonly placeholder: string;
  /** one: exactly one; some: one or several; any: none (which means all) or several. */
  readonly count: 'one' | 'some' | 'any';
  /** What completion offers; with images also their components, with machines also their groups. */
  readonly of: 'images' | 'runs' | 'machines' | 'files' | readonly string[];
}

type CommandName =
  | 'image list'
  | 'image status'
  | 'image graph'
  | 'image build'
  | 'image push'
  | 'config check'
  | 'config show'
  | 'config generate'
  | 'template render'
  | 'cluster check'
  | 'cluster k8s-bootup'
  | 'cluster install-kubectl'
  | 'cluster k8s-clean'
  | 'cluster status'
  | 'cluster certificates'
  | 'cluster etcd'
  | 'cluster package'
  | 'machine list'
  | 'machine facts'
  | 'machine trust'
  | 'machine run'
  | 'machine shell'
  | 'machine logs'
  | 'machine add'
  | 'machine remove'
  | 'machine etcdfix'
  | 'run list'
  | 'run show'
  | 'run attach'
  | 'run resume'
  | 'run repeat'
  | 'run cancel'
  | 'run export'
  | 'info'
  | 'completion';
