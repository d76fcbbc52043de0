import {describe, inject, it} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import {describeContract} from '../docker/contract.ts';

const engine = inject('realEngine');

if (engine) {
  describeContract('a real engine', async () => ({
    docker: createDocker({environment: {HOME: '/nonexistent'}, endpoint: `unix://${engine.socket}`}),
    registry: engine.registry,
    close: async () => {},
  }));
} else {
  describe.skip('the contract with a real engine', () => it('needs an engine', () => {}));
}
