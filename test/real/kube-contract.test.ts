import {describe, it} from 'vitest';
import {apiServerMs, startApiServer, whyNoApiServer} from '../helpers/api-server.ts';
import {describeContract} from '../kube/contract.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests on a real API server', whyNoApiServer());

if (obstacle) {
  describe.skip('the contract with a real API server', () => it('needs one', () => {}));
} else {
  describeContract('a real API server', startApiServer, apiServerMs);
}
