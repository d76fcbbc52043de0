/** Methods of texts that look for something in them. */

import {Fault} from './fault.ts';
import {characterCount} from './iterate.ts';
import type {Meter} from './meter.ts';
import {between, type Method, type TextMethods, wantText} from './text-method.ts';
import {Tuple} from './tuple.ts';
import type {Value} from './types.ts';

const span = {names: ['sub', 'start', 'end'], required: 1} as const;

export const searchMethods: TextMethods = {
  find: search('find', (part, wanted) => part.indexOf(wanted), false),
  rfind: search('rfind', (part, wanted) => part.lastIndexOf(wanted), false),
  index: search('index', (part, wanted) => part.indexOf(wanted), true),
  rindex: search('rindex', (part, wanted) => part.lastIndexOf(wanted), true),
  count: {
    takes: span,
    run(text, [wanted, start, end], meter) {
      const found = between(text, start, end);
      return found ? BigInt(countOf(found.part, wantText(wanted, 'count'), meter)) : 0n;
    },
  },
  startswith: ends('startswith', (part, wanted) => part.startsWith(wanted)),
  endswith: ends('endswith', (part, wanted) => part.endsWith(wanted)),
};

function search(name: string, find: (part: string, wanted: string) => number, isStrict: boolean): Method<string> {
  return {
    takes: span,
    run(text, [wanted, start, end], meter) {
      const needle = wantText(wanted, name);
      meter.spend(text.length / 16);
      const found = between(text, start, end);
      const unit = found ? find(found.part, needle) : -1;
      if (found && unit >= 0) return BigInt(found.offset + characterCount(found.part.slice(0, unit)));
      if (isStrict) throw new Fault('ValueError', 'substring not found');
      return -1n;
    },
  };
}

function ends(name: string, has: (part: string, wanted: string) => boolean): Method<string> {
  return {
    takes: span,
    run(text, [wanted, start, end]) {
      const all: readonly Value[] = wanted instanceof Tuple ? wanted.items : [wanted ?? null];
      const words = all.map((word) => wantText(word, name));
      const found = between(text, start, end);
      return found !== undefined && words.some((word) => has(found.part, word));
    },
  };
}

/** How often it is in there, without overlaps; nothing is between all characters. */
function countOf(text: string, wanted: string, meter: Meter): number {
  if (wanted === '') return characterCount(text) + 1;
  let count = 0;
  for (let place = text.indexOf(wanted); place >= 0; place = text.indexOf(wanted, place + wanted.length)) {
    meter.spend(1);
    count++;
  }
  return count;
}
