// "Two commands on a fresh clone, nothing before them", on a computer without compiler, python and Node headers.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type BareRoot, openBareRoot, whyNoBareRoot} from '../helpers/bare-root.ts';
import {type PtyProgram, startInPty} from '../helpers/pty.ts';

const obstacle = whyNoBareRoot();
if (obstacle) console.error(`The test of a fresh clone is skipped: ${obstacle}.`);

/** Packages come from the registry in the worst case. */
const installing = 300_000;

describe.skipIf(obstacle !== undefined)('a fresh clone', () => {
  let root: BareRoot;
  beforeAll(async () => {
    root = await openBareRoot();
  });
  afterAll(() => root?.close());

  it('lies where nothing can be compiled and no packages are', async () => {
    const {stdout} = await root.run(
      'which cc gcc g++ make python3 python node-gyp; ls -d node_modules dist; npm config get nodedir 2>/dev/null',
    );
    expect(stdout.trim()).toBe('undefined');
  });

  it('installs what is missing, builds and opens the screen with npm start', {timeout: installing}, async () => {
    const program = start('npm start');
    try {
      await program.waitFor(() => program.kind === 'alternate' && program.screen().includes('Images'), installing);
      program.press('q');
      expect(await program.exited).toEqual({code: 0, signal: 0});
      expect(program.kind).toBe('normal');
      expect(program.screen()).toContain('Installing the packages of package-lock.json (once)');
    } finally {
      await program.close();
    }
  });

  it('installs, builds and says nothing the second time', async () => {
    const listing = 'stat -c %y node_modules/.ready node_modules/react dist/main.js dist/.built-from';
    const before = await root.run(listing);
    const {exit, stdout, stderr} = await root.run('npm start --silent -- --help');
    expect({exit, stderr}).toEqual({exit: 0, stderr: ''});
    expect(stdout).toMatch(/^pai-tui: /);
    expect((await root.run(listing)).stdout).toBe(before.stdout);
    expect(before.stdout.split('\n')).toHaveLength(5);
  });

  it('passes arguments, standard output and exit codes through', async () => {
    const {exit, stdout} = await root.run('npm start --silent -- image list --no-such-flag');
    expect({exit, stdout}).toEqual({exit: 2, stdout: ''});
  });

  it('has all npm test needs from the same packages, checks and builds', {timeout: installing}, async () => {
    const quiet = await root.run('npm run --silent pretest');
    expect(quiet).toMatchObject({exit: 0, stdout: ''});
    expect(quiet.stderr).not.toContain('Installing');
    expect(await root.run('npx --no-install vitest --version')).toMatchObject({exit: 0});
    expect(await root.run('npx --no-install tsc --version')).toMatchObject({exit: 0});
    expect(await root.run('npx --no-install biome --version')).toMatchObject({exit: 0});
    expect(await root.run('npm run --silent build')).toMatchObject({exit: 0, stdout: '', stderr: ''});
  });

  it('runs its scripts on the Node it brings, whatever the computer has', async () => {
    const {stdout} = await root.run(`npm exec --no -- node -p process.version`);
    expect(stdout.trim()).toBe(`v${(await root.run('cat .nvmrc')).stdout.trim()}`);
  });

  it('works without a pty where its library is not there, and says so', async () => {
    const info = 'npm start --silent -- info';
    expect((await root.run(info)).stdout).not.toContain('no pty');
    await root.run('rm -rf node_modules/@lydell/node-pty-*');
    const {exit, stdout} = await root.run(info);
    expect(exit).toBe(0);
    expect(stdout).toContain('pipes (no pty can be had here)');
  });

  function start(line: string): PtyProgram {
    const [command, ...args] = root.command(line);
    return startInPty(command, args, {columns: 100, rows: 30});
  }
});
