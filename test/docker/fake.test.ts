import {createDocker} from '../../src/engine/docker/docker.ts';
import {describeContract} from './contract.ts';
import {startFakeEngine} from './fake-engine.ts';

describeContract('the engine in this process', async () => {
  const engine = await startFakeEngine();
  return {
    docker: createDocker({environment: {HOME: '/nonexistent'}, endpoint: `unix://${engine.socket}`}),
    registry: 'registry.example:5000',
    close: () => engine.close(),
  };
});
