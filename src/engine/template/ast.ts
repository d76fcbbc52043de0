/** The shapes of a template's nodes. */

export interface At<Name extends string> {
  readonly typename: Name;
  /** Both counted from 0. */
  readonly lineno: number;
  readonly colno: number;
}

export type Expression =
  | Literal
  | Name
  | NamespaceRef
  | List
  | Tuple
  | Dict
  | LookupVal
  | Member
  | SliceLookup
  | Call
  | Filter
  | Test
  | Unary
  | Binary
  | Compare
  | InlineIf;

interface Literal extends At<'Literal'> {
  readonly value: null | boolean | bigint | number | string;
}
export interface Name extends At<'Symbol'> {
  readonly value: string;
  /** Is it read here, set here, or a parameter? */
  use: 'load' | 'store' | 'param';
}
/** `ns.name` where it is set. */
export interface NamespaceRef extends At<'NamespaceRef'> {
  readonly value: string;
  readonly attribute: string;
}
interface List extends At<'Array'> {
  readonly children: readonly Expression[];
}
interface Tuple extends At<'Tuple'> {
  readonly children: readonly Expression[];
}
export interface Pair extends At<'Pair'> {
  readonly key: Expression;
  readonly value: Expression;
}
interface Dict extends At<'Dict'> {
  readonly children: readonly Pair[];
}
/** target[val] */
interface LookupVal extends At<'LookupVal'> {
  readonly target: Expression;
  readonly val: Expression;
}
/** target.name */
interface Member extends At<'Member'> {
  readonly target: Expression;
  readonly name: string;
}
/** target[start:stop:step] */
interface SliceLookup extends At<'SliceLookup'> {
  readonly target: Expression;
  readonly start: Expression | null;
  readonly stop: Expression | null;
  readonly step: Expression | null;
}
export interface CallArguments {
  readonly positional: readonly Expression[];
  /** Names are literals. */
  readonly named: readonly Pair[];
  readonly rest: Expression | null;
  readonly restNamed: Expression | null;
}
interface Call extends At<'Call'>, CallArguments {
  readonly target: Expression;
}
/** `target` is null where the block that stands around it is filtered. */
interface Filter extends At<'Filter'>, CallArguments {
  readonly target: Expression | null;
  readonly name: string;
}
interface Test extends At<'Test'>, CallArguments {
  readonly target: Expression;
  readonly name: string;
}
interface UnaryOf<Name extends string> extends At<Name> {
  readonly target: Expression;
}
type Unary = UnaryOf<'Not'> | UnaryOf<'Neg'> | UnaryOf<'Pos'>;
export interface BinaryOf<Name extends string> extends At<Name> {
  readonly left: Expression;
  readonly right: Expression;
}
type Binary =
  | BinaryOf<'And'>
  | BinaryOf<'Or'>
  | BinaryOf<'Add'>
  | BinaryOf<'Sub'>
  | BinaryOf<'Mul'>
  | BinaryOf<'Div'>
  | BinaryOf<'FloorDiv'>
  | BinaryOf<'Mod'>
  | BinaryOf<'Pow'>
  | BinaryOf<'Concat'>;
interface Compare extends At<'Compare'> {
  readonly expr: Expression;
  readonly ops: readonly CompareOperand[];
}
interface CompareOperand extends At<'CompareOperand'> {
  readonly expr: Expression;
  readonly type: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';
}
interface InlineIf extends At<'InlineIf'> {
  readonly cond: Expression;
  readonly body: Expression;
  readonly else_: Expression | null;
}

export type Target = Name | NamespaceRef | Tuple;

export type Statement =
  | Output
  | For
  | If
  | With
  | SetValue
  | SetBlock
  | Macro
  | CallBlock
  | FilterBlock
  | Scope
  | Block
  | Extends
  | Include
  | Import
  | FromImport;

export type Body = readonly Statement[];

export interface Output extends At<'Output'> {
  readonly children: readonly (Expression | TemplateData)[];
}
export interface TemplateData extends At<'TemplateData'> {
  readonly value: string;
}
export interface For extends At<'For'> {
  readonly target: Target;
  readonly arr: Expression;
  readonly body: Body;
  readonly else_: Body;
  readonly test: Expression | null;
  readonly recursive: boolean;
}
export interface If extends At<'If'> {
  readonly cond: Expression;
  readonly body: Body;
  readonly elifs: readonly If[];
  readonly else_: Body;
}
export interface With extends At<'With'> {
  readonly targets: readonly Target[];
  readonly values: readonly Expression[];
  readonly body: Body;
}
export interface SetValue extends At<'SetValue'> {
  readonly target: Target;
  readonly value: Expression;
}
export interface SetBlock extends At<'SetBlock'> {
  readonly target: Target;
  readonly filter: Filter | null;
  readonly body: Body;
}
export interface MacroParts {
  readonly params: readonly Name[];
  readonly defaults: readonly Expression[];
  readonly body: Body;
}
export interface Macro extends At<'Macro'>, MacroParts {
  readonly name: string;
}
export interface CallBlock extends At<'CallBlock'>, MacroParts {
  readonly call: Call;
}
export interface FilterBlock extends At<'FilterBlock'> {
  readonly body: Body;
  readonly filter: Filter;
}
export interface Scope extends At<'Scope'> {
  readonly body: Body;
}
export interface Block extends At<'Block'> {
  readonly name: string;
  readonly body: Body;
  readonly scoped: boolean;
  readonly required: boolean;
}
export interface Extends extends At<'Extends'> {
  readonly template: Expression;
}
export interface Include extends At<'Include'> {
  readonly template: Expression;
  readonly ignoreMissing: boolean;
  readonly withContext: boolean;
}
export interface Import extends At<'Import'> {
  readonly template: Expression;
  readonly target: Name;
  readonly withContext: boolean;
}
export interface FromImport extends At<'FromImport'> {
  readonly template: Expression;
  /** Under which name it is there, and under which it is wanted. */
  readonly names: readonly {readonly name: string; readonly target: Name}[];
  readonly withContext: boolean;
}
export interface Root extends At<'Root'> {
  readonly children: Body;
}

export type TemplateNode = Expression | Statement | Pair | CompareOperand | TemplateData | Root;
