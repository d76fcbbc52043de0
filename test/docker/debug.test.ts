import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import {expect, it} from 'vitest';
import {startFakeEngine} from './fake-engine.ts';

it('prints no credentials when DEBUG asks libraries to print everything', async () => {
  const engine = await startFakeEngine();
  const file = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../src/engine/${path}`, import.meta.url)));
  const script = `
    const {createDocker} = await import(${file('docker/docker.ts')});
    const {Secret} = await import(${file('secret.ts')});
    const docker = createDocker({environment: {}, endpoint: 'unix://${engine.socket}'});
    const credentials = {registry: 'registry.example', username: 'ann', password: new Secret('hidden')};
    await docker.registryDigest('registry.example/x:1', credentials);
    console.log(process.env.DEBUG);`;
  try {
    const argv = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
    const child = spawn(process.execPath, argv, {env: {...process.env, DEBUG: '*'}});
    const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    expect({said, complained}).toEqual({said: '*\n', complained: ''});
    expect(engine.requests.at(-1)?.headers['x-registry-auth']).toBeTruthy();
  } finally {
    await engine.close();
  }
});
