/** Documents as people write them: every style mixed, and for each the value it has. */

import fc from 'fast-check';
import type {YamlValue} from '../../../src/engine/config/yaml.ts';

/** A value as it is written. */
export interface Written {
  readonly kind: 'map' | 'list' | 'scalar';
  readonly flow: boolean;
  /** Of a scalar. */
  readonly text: string;
  readonly items: readonly Item[];
}

interface Item {
  /** As it is written. */
  readonly key?: string;
  readonly node: Written;
  readonly note: Note;
}

/** What stands around an entry. */
interface Note {
  readonly above: boolean;
  readonly blank: boolean;
  readonly behind: boolean;
}

export interface Manner {
  readonly step: number;
  readonly listStep: number;
  readonly lineEnd: string;
  readonly mark: boolean;
  readonly lastLineEnd: boolean;
}

export const manners: fc.Arbitrary<Manner> = fc.record({
  step: fc.integer({min: 1, max: 5}),
  listStep: fc.integer({min: 0, max: 4}),
  lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
  mark: fc.boolean(),
  lastLineEnd: fc.boolean(),
});

/** Texts that are easily taken for something else. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...['true', 'no', 'y', '1', '1.0', '25.0', '1e3', '0755', '08', '1:30', '~', 'null', '', ' x', 'x ', '- a', '? a'],
    ...[
      'a: b',
      'a #b',
      '#a',
      '&a',
      '*a',
      '!a',
      '|',
      '>',
      '%a',
      '@a',
      '`a',
      '"a"',
      "it's",
      '[a]',
      '{a}',
      'a, b',
      'a\\b',
    ],
    ...[
      '---',
      '...',
      '--- a',
      '<<',
      '=',
      '2020-01-01',
      '10.0.0.1',
      'a:',
      ':a',
      'a\tb',
      'é',
      '日本',
      '😀',
      '\u2028',
      '\ufeff',
    ],
    ...[
      'one\ntwo',
      'one\n\ntwo\n',
      '\none',
      'one\n',
      'one \ntwo',
      '  one\ntwo',
      'a\r\nb',
      '\u0000',
      '\u0085',
      '\ud800',
    ],
  ),
  fc.string({unit: 'binary', maxLength: 12}),
  fc.string({maxLength: 30}),
);

const scalars: fc.Arbitrary<YamlValue> = fc.oneof(
  texts,
  fc.bigInt({min: -(10n ** 20n), max: 10n ** 20n}),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);

/** Any value, to be put in. */
export const values: fc.Arbitrary<YamlValue> = fc.letrec<{value: YamlValue}>((tie) => ({
  value: fc.oneof(
    {maxDepth: 3, depthSize: 'small'},
    scalars,
    fc.array(tie('value'), {maxLength: 3}),
    fc.array(fc.tuple(texts, tie('value')), {maxLength: 3}).map((pairs) => new Map(pairs)),
  ),
})).value;

const keys = ['name', 'hostip', 'a b', 'x-y', '"on"', '1', 'k8s.role', 'é', '"https://x"', "'q'", '0x1F'];

const plainScalars: fc.Arbitrary<Written> = fc
  .constantFrom(
    ...['', '~', '1', '0755', '25.0', 'yes', '"true"', "'it''s'", 'plain text', '10.0.0.1', '"a # b"', 'http://x:80/y'],
    ...['!!str v1.9.9', '"tab\\t"', '&anchor x', '2020-01-01'],
  )
  .map((text) => ({kind: 'scalar', text, flow: false, items: []}));

const notes: fc.Arbitrary<Note> = fc.record({above: fc.boolean(), blank: fc.boolean(), behind: fc.boolean()});

/** The root is always a map or a list. */
export const documents: fc.Arbitrary<Written> = fc.letrec<{node: Written; collection: Written}>((tie) => ({
  node: fc.oneof({maxDepth: 3, depthSize: 'small'}, plainScalars, tie('collection')),
  collection: fc
    .tuple(
      fc.constantFrom('map' as const, 'list' as const),
      fc.boolean(),
      fc.uniqueArray(fc.constantFrom(...keys), {maxLength: 4}),
      fc.array(fc.tuple(tie('node'), notes), {minLength: 4, maxLength: 4}),
    )
    .map(([kind, flow, names, nodes]) => {
      const items = names.flatMap((key, index): Item[] => {
        const [node, note] = nodes[index] ?? [];
        return node && note ? [{node, note, ...(kind === 'map' ? {key} : {})}] : [];
      });
      return {kind, text: '', flow: flow || items.length === 0, items};
    }),
})).collection;

/** The text of a document; each comment in it is another one. */
export function written(document: Written, manner: Manner): string {
  let comments = 0;
  const comment = () => `# c${++comments};`;
  const head = `${manner.mark ? '\ufeff' : ''}${comment()}\n\n`;
  const body = document.flow ? `${flow(document)}\n` : block(document, 0).join('\n');
  const text = `${head}${body}\n${comment()}\n`.replaceAll('\n', manner.lineEnd);
  return manner.lastLineEnd ? text : text.slice(0, -manner.lineEnd.length);

  function flow({kind, text: scalar, items}: Written): string {
    if (kind === 'scalar') return scalar === '' ? 'null' : scalar.replace('&anchor ', '');
    const inner = items.map(({key, node}) => (key === undefined ? flow(node) : `${key}: ${flow(node)}`));
    return kind === 'map' ? `{${inner.join(', ')}}` : `[${inner.join(',  ')}]`;
  }

  function block({items}: Written, column: number): string[] {
    return items.flatMap(({key, node, note}) => {
      const indent = ' '.repeat(column);
      const lead = indent + (key === undefined ? '-' : `${key}:`);
      const above = [...(note.blank ? [''] : []), ...(note.above ? [`${indent}${comment()}`] : [])];
      const behind = note.behind ? ` ${comment()}` : '';
      if (node.kind === 'scalar' || node.flow) {
        const scalar = node.flow ? flow(node) : node.text.replace('&anchor', `&anchor${++comments}`);
        return [...above, `${lead}${scalar === '' ? '' : ` ${scalar}`}${behind}`];
      }
      if (key === undefined && !note.behind && !note.blank) {
        const inner = block(node, column + 2)
          .join('\n')
          .replace(/^(?:\s*#.*\n|\n)+/, '');
        return [...above, `${lead} ${inner.trimStart()}`];
      }
      const wanted = node.kind === 'list' ? manner.listStep : manner.step;
      return [...above, lead + behind, ...block(node, column + (key === undefined ? Math.max(1, wanted) : wanted))];
    });
  }
}
