/** The nodes of a template: those of nunjucks where the shapes agree, own ones beside them where Jinja2 has more. */

import nunjucks, {type Token} from 'nunjucks';

const {nodes} = nunjucks;

interface At<Name extends string> {
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

const args = ['positional', 'named', 'rest', 'restNamed'];

const own = {
  NamespaceRef: nodes.Node.extend('NamespaceRef', {fields: ['value', 'attribute']}),
  Tuple: nodes.Array.extend('Tuple'),
  Member: nodes.LookupVal.extend('Member', {fields: ['target', 'name']}),
  SliceLookup: nodes.LookupVal.extend('SliceLookup', {fields: ['target', 'start', 'stop', 'step']}),
  Call: nodes.FunCall.extend('Call', {fields: ['target', ...args]}),
  Filter: nodes.FunCall.extend('Filter', {fields: ['target', 'name', ...args]}),
  Test: nodes.FunCall.extend('Test', {fields: ['target', 'name', ...args]}),
  For: nodes.For.extend('For', {fields: ['target', 'arr', 'body', 'else_', 'test', 'recursive']}),
  If: nodes.If.extend('If', {fields: ['cond', 'body', 'elifs', 'else_']}),
  With: nodes.Node.extend('With', {fields: ['targets', 'values', 'body']}),
  SetValue: nodes.Node.extend('SetValue', {fields: ['target', 'value']}),
  SetBlock: nodes.Node.extend('SetBlock', {fields: ['target', 'filter', 'body']}),
  Macro: nodes.Macro.extend('Macro', {fields: ['name', 'params', 'defaults', 'body']}),
  CallBlock: nodes.Node.extend('CallBlock', {fields: ['call', 'params', 'defaults', 'body']}),
  FilterBlock: nodes.Node.extend('FilterBlock', {fields: ['body', 'filter']}),
  Scope: nodes.Node.extend('Scope', {fields: ['body']}),
  Block: nodes.Block.extend('Block', {fields: ['name', 'body', 'scoped', 'required']}),
  Include: nodes.Include.extend('Include', {fields: ['template', 'ignoreMissing', 'withContext']}),
  FromImport: nodes.Node.extend('FromImport', {fields: ['template', 'names', 'withContext']}),
};

const classes = {...nodes, ...own};

type Typename = TemplateNode['typename'];
type Fields<Name extends Typename> = Omit<Extract<TemplateNode, {typename: Name}>, keyof At<Name>>;

/** A node at the place of a token or of another node. */
export function make<Name extends Typename>(
  name: Name,
  at: Pick<Token, 'lineno' | 'colno'>,
  fields: Fields<Name>,
): Extract<TemplateNode, {typename: Name}> {
  const node = new classes[name as keyof typeof classes](at.lineno, at.colno);
  return Object.assign(node, fields) as unknown as Extract<TemplateNode, {typename: Name}>;
}

/** The nodes right below a node, in the order of its fields. */
export function childrenOf(node: TemplateNode): TemplateNode[] {
  const children: TemplateNode[] = [];
  const add = (value: unknown) => {
    if (value instanceof nodes.Node) children.push(value as unknown as TemplateNode);
    else if (Array.isArray(value)) value.forEach(add);
    else if (value !== null && typeof value === 'object' && 'target' in value) add(value.target);
  };
  for (const [key, value] of Object.entries(node)) if (key !== 'lineno' && key !== 'colno') add(value);
  return children;
}
