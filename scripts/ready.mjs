// Makes a fresh clone ready before a script runs: installs the packages of the lock file once, and with
// --tests the system packages that tests on real parts need. Uses nothing but what Node itself has,
// because nothing else is there yet; says nothing when there is nothing to do.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

const root = new URL('..', import.meta.url);
const stamp = new URL('node_modules/.ready', root);
const wanted = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

if (!isReady()) alone(install);

if (process.argv.includes('--tests')) await import('./system-packages.mjs');

function isReady() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

function install() {
  // Another start may have done it while this one waited.
  if (isReady()) return;
  console.error('Installing the packages of package-lock.json (once) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    console.error('npm ci failed. Is the npm registry reachable (npm ping), and is the disk not full (df -h)?');
    process.exitCode = npm.status ?? 1;
    return;
  }
  writeFileSync(stamp, wanted);
}

/** Two installations at once would take the packages from under each other. A lock whose process is gone is nobody's. */
function alone(work) {
  const lock = new URL('dist/.installing', root);
  mkdirSync(new URL('.', lock), {recursive: true});
  for (let said = false; !taken(lock); said = true) {
    if (!said) console.error('Another start is installing the packages; waiting for it …');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    work();
  } finally {
    rmSync(lock, {force: true});
  }
  if (process.exitCode) process.exit();
}

/** A lock is never there without its content: a start that was killed in between would be waited for without end. */
function taken(lock) {
  const draft = new URL(`.installing-${process.pid}`, lock);
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, {force: true});
  }
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // 0 would ask after this process's own group, which is always there.
    if (pid === 0) rmSync(lock, {force: true});
    else process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(lock, {force: true});
  }
  return false;
}
