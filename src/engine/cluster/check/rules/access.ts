/** Whether one becomes root on a machine. */

import {failed, type MachineRule, ok, unknown} from './rule.ts';

/** That it was reached and let somebody in is seen by there being facts. */
export const reachable: MachineRule = {
  check: 'reachable',
  judge: ({facts}) => [ok(`It answers${facts.os === undefined ? '' : `: ${facts.os}`}.`)],
};

/** A whole script was run as root, or was refused: nothing is promised by what sudo says of itself. */
export const sudo: MachineRule = {
  check: 'sudo',
  judge({asked: {sudoProblem, answerProblem}, answer, facts}) {
    if (sudoProblem) return [failed(sudoProblem.message, sudoProblem.hint ?? 'Let the account become root by sudo.')];
    if (answer?.isRoot) return [ok(facts.sudo === 'root' ? 'The account is root.' : 'sudo lets the account in.')];
    return [unknown(answerProblem?.message ?? 'It does not say who asked.')];
  },
};
