// Makes docs/screen.svg from the real program: runs it in a pty on the sample tree, presses the keys given,
// waits for the text given, and draws the terminal's cells.
//   npm run picture                          the picture of the README: images while they are built where a Docker
//                                            engine with busybox:latest answers, else as they are listed without one
//   npm run picture -- FILE.svg COLUMNSxROWS [WAIT-TEXT | key:NAME]...
import {cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import xterm from '@xterm/headless';
import pty from 'node-pty';
import './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [file = join(root, 'docs/screen.svg'), size = '110x30', ...steps] = process.argv.slice(2);
const [columns = 110, rows = 30] = size.split('x').map(Number);
const keys = {enter: '\r', esc: '\x1b', tab: '\t', up: '\x1b[A', down: '\x1b[B', space: ' ', 'ctrl-c': '\x03'};
const deadlineMs = 60_000;
const whileBuilding = ['key:*', 'key:B', 'would change', 'key:y', 'follows', 'key:1', /✓ current[\s\S]*building/];

const page = '#16181d';
const ink = '#d5d8df';
const basic = [
  '#2a2e37',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#d5d8df',
  '#6b7280',
  '#f28b93',
  '#b5e08f',
  '#f4d799',
  '#8cc8ff',
  '#dda0f0',
  '#7fd6e0',
  '#ffffff',
];

const state = mkdtempSync(join(tmpdir(), 'pai-picture-'));
// Builds that take long enough to be seen.
const tree = join(state, 'openpai');
cpSync(join(root, 'fixtures/sample'), tree, {recursive: true});
for (const file of globSync('src/*/build/*.dockerfile', {cwd: tree})) {
  const path = join(tree, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace('BUILD_SECONDS=0', 'BUILD_SECONDS=3'));
}
const {CI: _, NO_COLOR: __, ...environment} = process.env;
const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
const app = pty.spawn(process.execPath, [join(root, 'dist/main.js'), '-s', tree], {
  cols: columns,
  rows,
  cwd: root,
  env: {...environment, TERM: 'xterm-256color', COLORTERM: 'truecolor', XDG_STATE_HOME: state},
});
app.onData((data) => terminal.write(data));
const ended = new Promise((done) => app.onExit(done));

try {
  if (steps.length === 0) {
    await shows(/never built here|cannot be asked/);
    if (text().includes('never built here')) await take(...whileBuilding);
  }
  await take(...steps);
  await settled();
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, draw());
  // The state folder is removed: no run may still write into it.
  await shows(/^(?![\s\S]*([⠀-⣿] building|… queued))/);
} finally {
  app.kill('SIGTERM');
  await ended;
  rmSync(state, {recursive: true, force: true});
}

async function take(...all) {
  for (const step of all) {
    if (typeof step === 'string' && step.startsWith('key:')) app.write(keys[step.slice(4)] ?? step.slice(4));
    else await shows(step);
  }
}

function text() {
  const {active} = terminal.buffer;
  return Array.from(
    {length: rows},
    (__, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? '',
  ).join('\n');
}

async function shows(expected) {
  const until = Date.now() + deadlineMs;
  while (!(typeof expected === 'string' ? text().includes(expected) : expected.test(text()))) {
    if (Date.now() > until) throw new Error(`The screen never showed ${expected}:\n${text()}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Waits until the screen stays the same for a moment. */
async function settled() {
  const still = () => text().replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠹');
  for (let before = '', same = 0; same < 10; before = still()) {
    await new Promise((done) => setTimeout(done, 30));
    same = still() === before ? same + 1 : 0;
  }
}

function draw() {
  const cell = {width: 8.4, height: 18};
  const parts = [];
  for (let y = 0; y < rows; y++) {
    for (const run of runsOf(y)) {
      const x = run.x * cell.width;
      const box = `x="${x.toFixed(1)}" width="${(run.width * cell.width).toFixed(1)}"`;
      if (run.background)
        parts.push(`<rect ${box} y="${y * cell.height}" height="${cell.height}" fill="${run.background}"/>`);
      if (run.text.trim() === '') continue;
      const look = [
        `fill="${run.colour}"`,
        run.bold && 'font-weight="bold"',
        run.dim && 'opacity="0.6"',
        run.underline && 'text-decoration="underline"',
      ];
      parts.push(
        `<text x="${x.toFixed(1)}" y="${y * cell.height + 13.5}" textLength="${(run.width * cell.width).toFixed(1)}" ${look.filter(Boolean).join(' ')}>${xmlText(run.text)}</text>`,
      );
    }
  }
  const width = Math.ceil(columns * cell.width + 24);
  const height = rows * cell.height + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
    '<title>pai-tui in a terminal</title>',
    `<rect width="100%" height="100%" rx="8" fill="${page}"/>`,
    '<g transform="translate(12 12)">',
    ...parts,
    '</g></svg>\n',
  ].join('\n');
}

/** Cells of a row that look the same, as one piece. */
function runsOf(y) {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y);
  const runs = [];
  for (let x = 0; line && x < columns; x++) {
    const one = line.getCell(x);
    if (!one || one.getWidth() === 0) continue;
    const front = colourOf(one.isFgDefault(), one.isFgRGB(), one.getFgColor()) ?? ink;
    const back = colourOf(one.isBgDefault(), one.isBgRGB(), one.getBgColor());
    const inverse = Boolean(one.isInverse());
    const look = {
      colour: inverse ? (back ?? page) : front,
      background: inverse ? front : back,
      bold: Boolean(one.isBold()),
      dim: Boolean(one.isDim()),
      underline: Boolean(one.isUnderline()),
    };
    const last = runs.at(-1);
    const same = last && Object.keys(look).every((key) => last[key] === look[key]);
    if (same) Object.assign(last, {text: last.text + (one.getChars() || ' '), width: last.width + one.getWidth()});
    else runs.push({...look, x, width: one.getWidth(), text: one.getChars() || ' '});
  }
  return runs;
}

function colourOf(isDefault, isRgb, value) {
  if (isDefault) return undefined;
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (value < 16) return basic[value];
  if (value > 231) return `#${(8 + (value - 232) * 10).toString(16).padStart(2, '0').repeat(3)}`;
  const level = (step) => (step === 0 ? 0 : 55 + step * 40).toString(16).padStart(2, '0');
  const cube = value - 16;
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`;
}

function xmlText(string) {
  return string.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
