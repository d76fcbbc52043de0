import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {takeLock} from '../../src/engine/run/lock.ts';
import {thisProcess} from '../../src/engine/run/process.ts';

// Says 'up', waits for a line, then tries to take 40 locks of dead holders and says 1 or 0 for each; holds what it got
// until its input ends: node take-lock.ts <folder>
const folder = process.argv[2] ?? '';
process.stdout.write('up\n');
process.stdin.once('data', () => {
  let wins = '';
  for (let round = 0; round < 40; round++) {
    const place = join(folder, String(round));
    mkdirSync(place, {recursive: true});
    const dead = {...thisProcess(), pid: 2 ** 22 + 1, user: 'ann', run: 'dead', since: 0};
    try {
      writeFileSync(join(place, 'images.1'), JSON.stringify(dead), {flag: 'wx'});
    } catch {
      // Another one was faster, or it was taken over and is gone already.
    }
    try {
      takeLock(place, 'images', String(process.pid), 0);
      wins += '1';
    } catch {
      wins += '0';
    }
  }
  process.stdout.write(`${wins}\n`);
});
process.stdin.on('end', () => process.exit(0));
