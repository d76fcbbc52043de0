import {describe, it} from 'vitest';
import {apiServerMs, startApiServer, whyNoApiServer} from '../helpers/api-server.ts';
import {describeContract} from '../kube/contract.ts';

const obstacle = whyNoApiServer();

if (obstacle) {
  console.error(`Tests on a real API server are skipped: ${obstacle}.`);
  describe.skip('the contract with a real API server', () => it('needs one', () => {}));
} else {
  describeContract('a real API server', startApiServer, apiServerMs);
}
