// Makes a fresh clone ready before a script runs: installs the packages of the lock file once, and with
// --tests the system packages that tests on real parts need. Uses nothing but what Node itself has,
// because nothing else is there yet; says nothing when there is nothing to do.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

const root = new URL('..', import.meta.url);
const stamp = new URL('node_modules/.ready', root);
const wanted = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing the packages of package-lock.json (once) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    console.error('npm ci failed. Is the npm registry reachable (npm ping), and is the disk not full (df -h)?');
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

if (process.argv.includes('--tests')) await import('./system-packages.mjs');
