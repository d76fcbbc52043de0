/** Filters on texts. */

import {operate} from '../../values/arithmetic.ts';
import {linesOf} from '../../values/blank.ts';
import {Fault} from '../../values/fault.ts';
import {characterCount, characters, lengthOf} from '../../values/iterate.ts';
import {Markup} from '../../values/markup.ts';
import {isMarked} from '../../values/markup-text.ts';
import {str} from '../../values/repr.ts';
import {replaceText} from '../../values/text-fill.ts';
import {isTrue} from '../../values/truth.ts';
import {Tuple} from '../../values/tuple.ts';
import type {Value} from '../../values/types.ts';
import type {Filters} from '../environment.ts';
import {callTextMethod, filter, plain, softText, wantNumber, wantText} from './define.ts';
import {wrapped} from './wrap.ts';

export const textFilters: Filters = {
  string: plain('string', (value, {meter}) => softText(value, meter)),
  upper: plain('upper', (value, {meter}) => callTextMethod(value, 'upper', [], meter)),
  lower: plain('lower', (value, {meter}) => callTextMethod(value, 'lower', [], meter)),
  capitalize: plain('capitalize', (value, {meter}) => callTextMethod(value, 'capitalize', [], meter)),
  title: plain('title', (value, {meter}) => title(str(value, meter))),
  trim: filter('trim', ['chars'], 0, (value, [chars], {meter}) =>
    callTextMethod(value, 'strip', [chars ?? null], meter),
  ),
  center: filter('center', ['width'], 0, (value, [width], {meter}) =>
    callTextMethod(value, 'center', [width ?? 80n], meter),
  ),
  replace: filter('replace', ['old', 'new', 'count'], 2, (value, [old, by, count], {meter}) => {
    const most = count === undefined || count === null ? -1 : wantNumber(count, -1);
    return replaceText(str(value, meter), str(old ?? null, meter), str(by ?? null, meter), most, meter);
  }),
  indent: filter('indent', ['width', 'first', 'blank'], 0, (value, [width, first, blank], {meter}) => {
    const step = width === undefined ? 4n : width;
    const indention = typeof step === 'string' ? step : str(operate('*', ' ', step, meter), meter);
    const lines = linesOf(wantText(value)).length + 1;
    meter.allow(wantText(value).length + lines * indention.length);
    const text = indented(wantText(value), indention, isTrue(first ?? false), isTrue(blank ?? false));
    return isMarked(value) ? new Markup(text) : text;
  }),
  truncate: filter('truncate', ['length', 'killwords', 'end', 'leeway'], 0, (value, [length, kill, end, leeway]) => {
    const shape = {
      length: wantNumber(length, 255),
      end: wantText(end ?? '...'),
      leeway: wantNumber(leeway ?? undefined, 5),
    };
    // Whatever is short enough stays as it is, also what is no text.
    return lengthOf(value) <= shape.length + shape.leeway
      ? value
      : truncated(wantText(value), shape, isTrue(kill ?? false));
  }),
  wordwrap: filter(
    'wordwrap',
    ['width', 'break_long_words', 'wrapstring', 'break_on_hyphens'],
    0,
    (value, [width, breaks, between, hyphens], {meter}) => {
      const glue = between === undefined || between === null ? '\n' : wantText(between);
      const style = {
        width: wantNumber(width, 79),
        breaksWords: isTrue(breaks ?? true),
        breaksHyphens: isTrue(hyphens ?? true),
      };
      meter.spend(characterCount(wantText(value)));
      return linesOf(wantText(value))
        .map((line) => wrapped(line, style, meter).join(glue))
        .join(glue);
    },
  ),
  wordcount: plain('wordcount', (value, {meter}) => BigInt(str(value, meter).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)),
  format(value, args, {meter}) {
    if (args.positional.length > 0 && args.named.size > 0) {
      throw new Fault('TypeError', "can't handle positional and keyword arguments at the same time");
    }
    const values: Value = args.named.size > 0 ? new Map<Value, Value>(args.named) : new Tuple(args.positional);
    return operate('%', softText(value, meter), values, meter);
  },
};

/** Words begin behind white space, hyphens and opening brackets. */
function title(text: string): string {
  return text
    .split(/([-\s({[<]+)/)
    .map((part) => {
      const [first = '', ...rest] = part;
      return first.toUpperCase() + rest.join('').toLowerCase();
    })
    .join('');
}

function indented(text: string, indention: string, isFirst: boolean, isBlankToo: boolean): string {
  const [first = '', ...others] = linesOf(`${text}\n`);
  const rest = others.map((line) => (line === '' && !isBlankToo ? line : indention + line));
  return (isFirst ? indention : '') + [first, ...rest].join('\n');
}

function truncated(
  text: string,
  {length, end, leeway}: {readonly length: number; readonly end: string; readonly leeway: number},
  cutsWords: boolean,
): string {
  const room = length - characterCount(end);
  if (room < 0) throw new Fault('ValueError', `expected length >= ${characterCount(end)}, got ${length}`);
  if (leeway < 0) throw new Fault('ValueError', `expected leeway >= 0, got ${leeway}`);
  const all = characters(text);
  if (all.length <= length + leeway) return text;
  const start = typeof all === 'string' ? all.slice(0, room) : all.slice(0, room).join('');
  if (cutsWords) return start + end;
  const space = start.lastIndexOf(' ');
  return (space < 0 ? start : start.slice(0, space)) + end;
}
