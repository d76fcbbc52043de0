import {fits, list, maybe, record, text} from '../../json.ts';
import type {Kube} from '../../kube-tools.ts';
import {displayText} from '../../names.ts';
import type {Look} from './wait.ts';

const conditioned = record({
  status: record({
    conditions: list(record({type: text, status: text, reason: maybe(text), message: maybe(text)})),
  }),
});

/**
 * Whether one node is Ready. It alone is asked for: of a thousand machines each waits for its own, and the list of all
 * nodes is megabytes.
 */
export async function lookAtNode(node: string, api: Pick<Kube, 'read'>, signal: AbortSignal): Promise<Look<true>> {
  const found = await api.read({apiVersion: 'v1', kind: 'Node', name: node}, signal);
  if (!found) return {waitsFor: `the node ${node} is not known`};
  const conditions = fits(conditioned, found) ? found.status.conditions : [];
  const ready = conditions.find(({type}) => type === 'Ready');
  if (ready?.status === 'True') return {found: true};
  const words = ready?.status === 'False' ? 'not ready' : 'unknown';
  const reason = ready?.message || ready?.reason;
  return {waitsFor: `the node ${node} is ${words}${reason ? ` (${displayText(reason)})` : ''}`};
}
