import type {CST} from 'yaml';
import type {YamlValue} from '../yaml.ts';
import type {EditContext} from './context.ts';
import {columnOf, wholeLines} from './lines.ts';
import type {Spot} from './outline.ts';
import type {Splice} from './splice.ts';
import {isFilled, writeBlock, writeInline} from './write-value.ts';

/** Puts a value where another one stands. */
export function setValue({spot, text, layout}: EditContext, value: YamlValue): readonly Splice[] {
  const isBlock = (spot.kind === 'map' || spot.kind === 'list') && !spot.isFlow;
  if (isBlock && isFilled(value)) {
    const block = writeBlock(value, columnOf(text, spot.start), layout);
    return [{start: spot.start, end: spot.end, text: block}];
  }
  const quotes = typeof value === 'string' ? quotesOf(spot) : undefined;
  const isLiteral = !spot.inFlow && spot.outer >= 0 && text.endsWith('\n');
  const written = writeInline(
    value,
    {
      inFlow: spot.inFlow,
      ...(quotes ? {quotes} : {}),
      ...(isLiteral ? {indent: spot.outer + layout.step} : {}),
    },
    layout,
  );
  const fresh = written + headerComment(spot);
  if (spot.kind === 'empty') return [{start: spot.behind, end: spot.behind, text: ` ${fresh}`}];
  if (!isBlock || !text.slice(spot.behind, spot.start).includes('\n')) {
    return [{start: spot.tag ?? spot.start, end: spot.end, text: fresh}];
  }
  if (spot.outer < 0) return [{start: spot.start, end: spot.end, text: fresh}];
  return [
    {start: spot.behind, end: spot.behind, text: ` ${fresh}`},
    {...wholeLines(text, spot.start, spot.end), text: ''},
  ];
}

function quotesOf({token}: Spot): '"' | "'" | undefined {
  if (token?.type === 'double-quoted-scalar') return '"';
  return token?.type === 'single-quoted-scalar' ? "'" : undefined;
}

/** The comment behind `|` or `>` stays. */
function headerComment({token}: Spot): string {
  const props = token?.type === 'block-scalar' ? token.props : [];
  const comment = props.find((prop): prop is CST.SourceToken => prop.type === 'comment');
  return comment ? ` ${comment.source}` : '';
}
