import {describe, expect, it} from 'vitest';
import {typedFor} from '../../src/engine/terminal/typed-keys.ts';
import {keyBytes} from '../helpers/key-bytes.ts';

const plain = {applicationCursorKeysMode: false, bracketedPasteMode: false};
const application = {...plain, applicationCursorKeysMode: true};
const bracketed = {...plain, bracketedPasteMode: true};

describe('keys', () => {
  it.each([
    ['text', 'ls -l', 'ls -l', 'ls -l'],
    ['Enter and Ctrl-c', '\r\x03', '\r\x03', '\r\x03'],
    ['a lone Esc', '\x1b', '\x1b', '\x1b'],
    ['Alt', '\x1bx', '\x1bx', '\x1bx'],
    ['cursor keys', '\x1b[A\x1b[B\x1b[C\x1b[D', '\x1b[A\x1b[B\x1b[C\x1b[D', '\x1bOA\x1bOB\x1bOC\x1bOD'],
    ['cursor keys of a terminal that was left in the other mode', '\x1bOA', '\x1b[A', '\x1bOA'],
    ['Home and End', '\x1b[H\x1b[F', '\x1b[H\x1b[F', '\x1bOH\x1bOF'],
    ['Home and End of tmux and the console', '\x1b[1~\x1b[4~', '\x1b[H\x1b[F', '\x1bOH\x1bOF'],
    ['Home and End of rxvt', '\x1b[7~\x1b[8~', '\x1b[H\x1b[F', '\x1bOH\x1bOF'],
    ['cursor keys with Ctrl', '\x1b[1;5C', '\x1b[1;5C', '\x1b[1;5C'],
    ['page keys and Delete', '\x1b[5~\x1b[6~\x1b[3~', '\x1b[5~\x1b[6~\x1b[3~', '\x1b[5~\x1b[6~\x1b[3~'],
    ['F1 and F5', '\x1bOP\x1b[15~', '\x1bOP\x1b[15~', '\x1bOP\x1b[15~'],
    ['F1 of PuTTY', '\x1b[11~', '\x1bOP', '\x1bOP'],
    ['F1 and F5 of the console', '\x1b[[A\x1b[[E', '\x1bOP\x1b[15~', '\x1bOP\x1b[15~'],
    ['Enter of the keypad', '\x1bOM', '\r', '\r'],
    ['mouse reports, which nobody asked for', '\x1b[<0;3;4Ma\x1b[M !!', 'a', 'a'],
  ])('%s', (_, sent, usual, inApplicationMode) => {
    expect(typedFor(plain, sent)).toBe(usual);
    expect(typedFor(application, sent)).toBe(inApplicationMode);
  });

  it('of our own table arrive as what they are', () => {
    for (const key of ['up', 'left', 'home', 'end', 'pageup', 'delete', 'f1', 'f12', 'tab', 'shift-tab', 'ctrl-a']) {
      expect(typedFor(plain, keyBytes(key))).not.toBe('');
    }
  });
});

describe('a paste', () => {
  const sent = (text: string) => `\x1b[200~${text}\x1b[201~`;

  it('is marked for a program that asked for it', () => {
    expect(typedFor(bracketed, sent('one\ntwo'))).toBe('\x1b[200~one\rtwo\x1b[201~');
  });

  it('is typed into one that did not', () => {
    expect(typedFor(plain, sent('one\r\ntwo\tx'))).toBe('one\rtwo\tx');
  });

  it('cannot end itself', () => {
    expect(typedFor(bracketed, sent('a\x1b\x1b[200~rm'))).toBe('\x1b[200~a[200~rm\x1b[201~');
    expect(typedFor(bracketed, sent('a\x07\x1b[31m\x00b'))).toBe('\x1b[200~a[31mb\x1b[201~');
  });

  it('is not taken for keys', () => {
    expect(typedFor(application, sent('\x1b[A'))).toBe('[A');
  });
});
