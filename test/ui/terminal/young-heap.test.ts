import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';

const file = fileURLToPath(new URL('../../../src/ui/terminal/young-heap.ts', import.meta.url));

/** Megabytes of V8's space for new objects after much that lives a little while. */
async function newSpaceAfterFlood(bound: boolean): Promise<number> {
  const script = `
    import v8 from 'node:v8';
    ${bound ? `(await import(${JSON.stringify(file)})).boundYoungHeap(1);` : ''}
    const kept = [];
    for (let at = 0; at < 1500; at += 1) {
      kept[at % 150] = Array.from({length: 2000}, (_, i) => ({text: 'line ' + at + ' ' + i}));
      if (at % 10 === 0) await new Promise((done) => setTimeout(done, 1));
    }
    const space = v8.getHeapSpaceStatistics().find(({space_name}) => space_name === 'new_space');
    console.log(space.space_size / 1024 / 1024);
  `;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const {stdout} = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

test('what pours through panes does not make the heap grow', async () => {
  const [free, bound] = [await newSpaceAfterFlood(false), await newSpaceAfterFlood(true)];
  // Once V8 keeps it small by itself this can go.
  expect(bound).toBeLessThan(free / 2);
});
