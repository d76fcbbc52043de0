/** Fills the symbols of a scope from the nodes in it. */

import type {Body, For, If, MacroParts, TemplateNode} from './ast.ts';
import {childrenOf} from './nodes.ts';
import type {Symbols} from './symbols.ts';

/** Everything of these nodes that belongs to the scope. */
export function analyzeAll(symbols: Symbols, nodes: readonly (TemplateNode | null)[]): void {
  for (const node of nodes) if (node) visit(symbols, node, false);
}

/** The parameters, the defaults and the body of a macro. */
export function analyzeMacro(symbols: Symbols, macro: MacroParts): void {
  analyzeAll(symbols, [...macro.params, ...macro.defaults, ...macro.body]);
}

export function analyzeLoop(symbols: Symbols, loop: For, part: 'body' | 'else' | 'test'): void {
  if (part !== 'else') visit(symbols, loop.target, true);
  if (part === 'test') analyzeAll(symbols, [loop.test]);
  else analyzeAll(symbols, part === 'body' ? loop.body : loop.else_);
}

function visit(symbols: Symbols, node: TemplateNode, isParameter: boolean): void {
  switch (node.typename) {
    case 'Symbol':
      if (isParameter || node.use === 'param') symbols.declareParameter(node.value);
      else if (node.use === 'store') symbols.store(node.value);
      else symbols.load(node.value);
      return;
    case 'NamespaceRef':
      symbols.load(node.value);
      return;
    case 'If':
      visitIf(symbols, node);
      return;
    case 'Macro':
      symbols.store(node.name);
      return;
    case 'For':
      visit(symbols, node.arr, false);
      return;
    case 'CallBlock':
      visit(symbols, node.call, false);
      return;
    case 'FilterBlock':
      visit(symbols, node.filter, false);
      return;
    case 'With':
      analyzeAll(symbols, node.values);
      return;
    case 'SetValue':
      visit(symbols, node.value, false);
      visit(symbols, node.target, false);
      return;
    case 'SetBlock':
      visit(symbols, node.target, false);
      return;
    case 'Scope':
    case 'Block':
      return;
    default:
      for (const child of childrenOf(node)) visit(symbols, child, isParameter);
  }
}

function visitIf(symbols: Symbols, node: If): void {
  visit(symbols, node.cond, false);
  const branch = (body: Body) => {
    const copy = symbols.copy();
    analyzeAll(copy, body);
    return copy;
  };
  symbols.mergeBranches([branch(node.body), branch(node.elifs), branch(node.else_)]);
}

/** Which of the names are read in there without being set before. Blocks are not looked into. */
export function undeclared(nodes: readonly TemplateNode[], names: readonly string[]): Set<string> {
  const wanted = new Set(names);
  const found = new Set<string>();
  const look = (node: TemplateNode) => {
    if (node.typename === 'Block') return;
    if (node.typename === 'Symbol') {
      if (node.use === 'load' && wanted.has(node.value)) found.add(node.value);
      else if (node.use !== 'load') wanted.delete(node.value);
    }
    childrenOf(node).forEach(look);
  };
  nodes.forEach(look);
  return found;
}

/** Every node below, and itself, of one kind. */
export function findAll<Name extends TemplateNode['typename']>(
  node: TemplateNode,
  name: Name,
): Extract<TemplateNode, {typename: Name}>[] {
  const found: TemplateNode[] = [];
  const look = (each: TemplateNode) => {
    if (each.typename === name) found.push(each);
    childrenOf(each).forEach(look);
  };
  look(node);
  return found as Extract<TemplateNode, {typename: Name}>[];
}
