/** Methods of texts that fill and replace. */

import {Fault} from './fault.ts';
import {characterCount, characters} from './iterate.ts';
import type {Meter} from './meter.ts';
import {type Method, type TextMethods, wantText, wantWhole} from './text-method.ts';

export const fillMethods: TextMethods = {
  center: {
    takes: {names: ['width', 'fillchar'], required: 1},
    run: fill('center', (room, width) => Math.floor(room / 2) + (room & width & 1)),
  },
  ljust: {takes: {names: ['width', 'fillchar'], required: 1}, run: fill('ljust', () => 0)},
  rjust: {takes: {names: ['width', 'fillchar'], required: 1}, run: fill('rjust', (room) => room)},
  zfill: {
    takes: {names: ['width'], required: 1},
    run(text, [width], meter) {
      const wanted = wantWhole(width, 0);
      meter.allow(wanted);
      const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
      return sign + '0'.repeat(Math.max(wanted - characterCount(text), 0)) + digits;
    },
  },
  expandtabs: {
    takes: {names: ['tabsize'], required: 0, byName: true},
    run: (text, [size], meter) => expandTabs(text, wantWhole(size, 8), meter),
  },
  replace: {
    takes: {names: ['old', 'new', 'count'], required: 2},
    run: (text, [old, by, count], meter) =>
      replaceText(text, wantText(old, 'replace'), wantText(by, 'replace'), wantWhole(count, -1), meter),
  },
};

function fill(name: string, leftOf: (room: number, width: number) => number): Method<string>['run'] {
  return (text, [width, filler], meter) => {
    const wanted = wantWhole(width, 0);
    const character = filler === undefined ? ' ' : wantText(filler, name);
    if (characterCount(character) !== 1) {
      throw new Fault('TypeError', 'The fill character must be exactly one character long');
    }
    const room = wanted - characterCount(text);
    if (room <= 0) return text;
    meter.allow(wanted);
    const left = leftOf(room, wanted);
    return character.repeat(left) + text + character.repeat(room - left);
  };
}

function expandTabs(text: string, size: number, meter: Meter): string {
  let column = 0;
  let expanded = '';
  for (const character of text) {
    if (character === '\t') {
      const room = size > 0 ? size - (column % size) : 0;
      meter.allow(expanded.length + room);
      expanded += ' '.repeat(room);
      column += room;
    } else {
      expanded += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return expanded;
}

/** At most `count` of them, all when it is negative; an empty `old` is between all characters. */
export function replaceText(text: string, old: string, by: string, count: number, meter: Meter): string {
  const parts = old === '' ? ['', ...characters(text), ''] : text.split(old);
  const most = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  meter.spend(parts.length + text.length / 16);
  meter.allow(text.length + most * by.length);
  if (most === parts.length - 1) return parts.join(by);
  return [...parts.slice(0, most), parts.slice(most).join(old)].join(by);
}
