import {type Answer, readAnswer} from '../../../src/engine/machine-answer.ts';
import {parseFacts} from '../../../src/engine/machines/facts/parse-facts.ts';
import type {MachineFacts} from '../../../src/engine/machines/types.ts';

/** An answer whose sections hold these texts, a line each. */
export function answerOf(sections: Readonly<Record<string, string>>): Answer {
  const lines = Object.entries(sections).flatMap(([section, text]) =>
    text
      .replace(/^\n/, '')
      .split('\n')
      .map((line) => `MARK ${section} ${line}`),
  );
  return readAnswer([...lines, 'MARK end ended'].join('\n'), 'MARK');
}

/** The facts of such an answer, read at the moment 0. */
export function factsOf(sections: Readonly<Record<string, string>>): MachineFacts {
  return parseFacts(answerOf(sections), {before: 0, after: 0});
}
