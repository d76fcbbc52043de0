import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {renderFile} from '../../src/engine/package/render-file.ts';
import {ProblemError} from '../../src/engine/problem.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pai-render-')));
});
afterEach(() => rmSync(folder, {recursive: true}));

function write(path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, content);
  return file;
}

async function problemOf(rendering: Promise<unknown>) {
  try {
    await rendering;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('It did not fail.');
}

test('a context is read as PyYAML reads it', async () => {
  const context = write('c.yaml', 'y: y\non_: on\nf: 25.0\nn: 010\nd: 2018-01-01\nm: {b: 1, a: ~, 2: x}\n');
  const file = write('t', '{{ y }} {{ on_ }} {{ f }} {{ n }} {{ d }} {{ m }}\n');
  const {text, problems} = await renderFile({file, context});
  expect(text).toBe("y True 25.0 8 2018-01-01 {'b': 1, 'a': None, 2: 'x'}");
  expect(problems).toEqual([]);
});

test('without a context there are no names', async () => {
  const {text, problems} = await renderFile({file: write('t', '[{{ x }}]')});
  expect(text).toBe('[]');
  expect(problems).toMatchObject([{code: 'template-undefined', severity: 'warning', line: 1}]);
});

test.each([
  ['- a\n', 'config-invalid', 'It must be a map of names and values.'],
  ['1: a\n', 'config-invalid', '1 is no name: it is read as another kind of value.'],
  ['a: [\n', 'yaml-invalid', ''],
])('the context %j is refused', async (text, code, message) => {
  const problem = await problemOf(renderFile({file: write('t', 'x'), context: write('c.yaml', text)}));
  expect(problem).toMatchObject({code, file: join(folder, 'c.yaml'), message: expect.stringContaining(message)});
});

test('an empty context is one without names, and a key that is twice in it is told', async () => {
  const file = write('t', '{{ a }}');
  expect((await renderFile({file, context: write('c.yaml', '')})).text).toBe('');
  const {text, problems} = await renderFile({file, context: write('c.yaml', 'a: 1\na: 2\n')});
  expect({text, codes: problems.map(({code}) => code)}).toEqual({text: '2', codes: ['yaml-invalid']});
});

test.each([
  ['is not there', 'gone', 'it is not there'],
  ['is a folder', '.', 'it is no regular file'],
  ['is not UTF-8', 'latin1', 'it is not written in UTF-8'],
  ['is too large', 'large', 'it is too large for a template'],
])('a template that %s is refused', async (_, name, because) => {
  write('latin1', Uint8Array.of(0xe9));
  write('large', 'x'.repeat(4 * 1024 * 1024 + 1));
  const problem = await problemOf(renderFile({file: join(folder, name)}));
  expect(problem).toMatchObject({code: 'file-unreadable', message: expect.stringContaining(because)});
});

describe('other templates', () => {
  /** A tree of v0.8 and later, by its marks. */
  function makeTree(): void {
    write('tree/paictl.py', '');
    write('tree/build/pai_build.py', '');
    mkdirSync(join(folder, 'tree/src'));
    write('tree/src/a/deploy/part', 'part of {{ name }}');
    write('outside', 'secret');
  }

  test('are found from the root of the tree', async () => {
    makeTree();
    const file = write('tree/src/b/deploy/t', "{% set name = 'b' %}{% include 'src/a/deploy/part' %}");
    expect((await renderFile({file})).text).toBe('part of b');
  });

  test('are found from each of the two tool roots that trees up to v0.4.0 have, and not from the other', async () => {
    write('tree/kubernetes-deployment/bootstrap.py', '');
    write('tree/service-deployment/deploy.py', '');
    write('tree/kubernetes-deployment/template/part', 'of Kubernetes');
    write('tree/service-deployment/bootstrap/part', 'of services');
    const kubernetes = write('tree/kubernetes-deployment/template/t', "{% include 'template/part' %}");
    const service = write('tree/service-deployment/bootstrap/a/t', "{% include 'bootstrap/part' %}");
    const other = write('tree/kubernetes-deployment/template/u', "{% include 'bootstrap/part' %}");
    expect((await renderFile({file: kubernetes})).text).toBe('of Kubernetes');
    expect((await renderFile({file: service})).text).toBe('of services');
    expect(await problemOf(renderFile({file: other}))).toMatchObject({code: 'template-failed', line: 1});
  });

  test('are found beside a template that is in no tree', async () => {
    write('alone/part', 'p');
    expect((await renderFile({file: write('alone/t', "{% include './part' %}")})).text).toBe('p');
  });

  test.each(['../outside', 'src/../../outside', '/../outside', '..', '', '.', '/'])('%j names none', async (name) => {
    makeTree();
    const file = write('tree/t', `{% include '${name}' %}`);
    expect(await problemOf(renderFile({file}))).toMatchObject({code: 'template-failed', file, line: 1});
  });

  test('an absolute path counts from the root of the tree', async () => {
    makeTree();
    const file = write('tree/t', `{% include '${join(folder, 'outside')}' ignore missing %}.`);
    expect((await renderFile({file})).text).toBe('.');
  });

  test.each(['include', 'extends', 'import'])('%s does not follow a link out of the tree', async (tag) => {
    makeTree();
    symlinkSync(join(folder, 'outside'), join(folder, 'tree/link'));
    symlinkSync(folder, join(folder, 'tree/up'));
    for (const name of ['link', 'up/outside']) {
      const file = write('tree/t', `{% ${tag} '${name}' ${tag === 'import' ? 'as x' : ''} %}`);
      expect(await problemOf(renderFile({file}))).toMatchObject({code: 'path-leaves-tree'});
    }
  });

  test('a link that stays inside is followed', async () => {
    makeTree();
    symlinkSync('src/a/deploy/part', join(folder, 'tree/link'));
    expect((await renderFile({file: write('tree/t', "{% include 'link' %}")})).text).toBe('part of ');
  });

  test('a template that includes itself ends', async () => {
    const file = write('alone/t', "{% include 't' %}");
    expect(await problemOf(renderFile({file}))).toMatchObject({code: 'template-limit'});
  });
});
