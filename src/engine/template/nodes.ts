/** The nodes of a template: those of nunjucks where the shapes agree, own ones beside them where Jinja2 has more. */

import nunjucks, {type Token} from 'nunjucks';
import type {At, TemplateNode} from './ast.ts';

const {nodes} = nunjucks;

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
