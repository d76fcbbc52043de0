import {ruleGroups} from './table.ts';

const begin = '<!-- rules: written by npm run docs -->\n\n';
const end = '<!-- end of rules -->';

/** A page with its tables as they should be; undefined when it has no marks. */
export function withRules(page: string): string | undefined {
  const [first, last] = [page.indexOf(begin), page.indexOf(end)];
  if (first === -1 || last < first) return undefined;
  return `${page.slice(0, first + begin.length)}${rulesTables()}\n${page.slice(last)}`;
}

function rulesTables(): string {
  const parts = ruleGroups.map(({of, rules}) => {
    const rows = rules.map(
      ({name, severity, holds}) => `| \`${name}\` | ${severity} | ${holds.replaceAll('|', '\\|')} |`,
    );
    return [`### ${of}`, '', '| rule | when broken | what is in order |', '|---|---|---|', ...rows, ''].join('\n');
  });
  return parts.join('\n');
}
