import type {Expression} from './ast.ts';

/** How a template wrote where it looks: `machinelist[host]`. For sentences, so never long. */
export function pathOf(node: Expression): string {
  const path = written(node);
  return path.length > 80 ? `${path.slice(0, 77)}…` : path;
}

function written(node: Expression): string {
  switch (node.typename) {
    case 'Symbol':
      return node.value;
    case 'Literal':
      return typeof node.value === 'string' ? `'${node.value}'` : String(node.value);
    case 'Member':
      return `${written(node.target)}.${node.name}`;
    case 'LookupVal':
      return `${written(node.target)}[${written(node.val)}]`;
    case 'Call':
      return `${written(node.target)}(…)`;
    case 'Filter':
      return node.target ? `${written(node.target)}|${node.name}` : node.name;
    default:
      return '(…)';
  }
}
