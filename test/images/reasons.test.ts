import {describe, expect, it} from 'vitest';
import {type Present, reasons} from '../../src/engine/images/reasons.ts';
import {contentKey, type ImageInputs, type ImageRecord} from '../../src/engine/images/record.ts';

const inputs: ImageInputs = {
  dockerfile: 'build/web.dockerfile',
  builder: 'classic',
  buildArgs: {COLOUR: 'red'},
  files: {
    'build/web.dockerfile': 'file 644 a',
    src: 'folder 755 ',
    'src/app.js': 'file 644 b',
    'src/run.sh': 'file 755 c',
    'dependency/base/file': 'file 644 d',
    version: 'folder 755 ',
    'version/VERSION': 'file 644 e',
  },
  bases: {
    base: {ours: true, id: 'sha256:base-1'},
    'ubuntu:22.04': {ours: false, id: 'sha256:ubuntu-1', digest: 'sha256:0123456789abcdef0123'},
  },
};

const record: ImageRecord = {
  version: 1,
  image: 'web',
  component: 'web',
  key: contentKey(inputs),
  inputs,
  hookWrote: ['version', 'version/VERSION'],
  id: 'sha256:web-1',
  builtAt: 1,
  run: 'r',
};

const present: Present = {
  inputs,
  onEngine: 'sha256:web-1',
  missingLastHook: undefined,
  willRebuild: new Set(),
  moved: new Map(),
  hookWrote: ['version', 'version/VERSION'],
  copies: ['base'],
  rebuiltCopies: new Set(),
  secretFiles: [],
  hookOf: (copied) => (copied === undefined ? 'build-pre.sh' : 'build-post.sh'),
  shown: (path) => (path.startsWith('dependency/base/') ? `src/base/${path.slice(16)}` : `src/web/${path}`),
};

const withFiles = (files: Record<string, string | undefined>): Present => ({
  ...present,
  inputs: {
    ...inputs,
    files: Object.fromEntries(
      Object.entries({...inputs.files, ...files}).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  },
});
const withBase = (name: string, base: ImageInputs['bases'][string]): Present => ({
  ...present,
  inputs: {...inputs, bases: {...inputs.bases, [name]: base}},
});

describe('reasons', () => {
  it.each<[string, Present, string[]]>([
    ['nothing differs', present, []],
    ['the image is gone', {...present, onEngine: undefined}, ['the image is gone from the engine']],
    ['another image', {...present, onEngine: 'sha256:x'}, ['the engine has another image under this name']],
    [
      'its last hook was cut short',
      {...present, missingLastHook: 'build-post.sh'},
      ['build-post.sh has not run to its end'],
    ],
    ['a file changed', withFiles({'src/app.js': 'file 644 x'}), ['src/web/src/app.js changed']],
    ['a file is new', withFiles({'src/new.js': 'file 644 x'}), ['src/web/src/new.js was added']],
    ['a file is gone', withFiles({'src/app.js': undefined}), ['src/web/src/app.js was removed']],
    [
      'a mode changed',
      withFiles({'src/run.sh': 'file 644 c'}),
      ['file mode of src/web/src/run.sh changed from 755 to 644'],
    ],
    ['mode and content changed', withFiles({'src/run.sh': 'file 644 x'}), ['src/web/src/run.sh changed']],
    ['a file became a link', withFiles({'src/run.sh': 'link 777 c'}), ['src/web/src/run.sh changed']],
    [
      'a folder came with what is in it',
      withFiles({lib: 'folder 755 ', 'lib/a': 'file 644 x'}),
      ['src/web/lib/a was added'],
    ],
    ['an empty folder came', withFiles({lib: 'folder 755 '}), ['src/web/lib was added']],
    ['a copied file changed', withFiles({'dependency/base/file': 'file 644 x'}), ['src/base/file changed']],
    [
      'a copied file changed, and its image will be rebuilt',
      {
        ...withFiles({'dependency/base/file': 'file 644 x'}),
        willRebuild: new Set(['base']),
        rebuiltCopies: new Set(['base']),
      },
      ['base will be rebuilt'],
    ],
    ['a base will be rebuilt', {...present, willRebuild: new Set(['base'])}, ['base will be rebuilt']],
    ['a base was rebuilt', withBase('base', {ours: true, id: 'sha256:base-2'}), ['base was rebuilt']],
    ['a base is gone from the engine', withBase('ubuntu:22.04', {ours: false}), []],
    [
      'a base that is gone from the engine is the same at its registry',
      withBase('ubuntu:22.04', {ours: false, digest: 'sha256:0123456789abcdef0123'}),
      [],
    ],
    [
      'a base that is gone from the engine is another at its registry',
      withBase('ubuntu:22.04', {ours: false, digest: 'sha256:fedcba9876543210'}),
      ['ubuntu:22.04 moved to sha256:fedcba987654…'],
    ],
    [
      'a base was pulled anew',
      withBase('ubuntu:22.04', {ours: false, id: 'sha256:ubuntu-2', digest: 'sha256:fedcba9876543210'}),
      ['ubuntu:22.04 moved to sha256:fedcba987654…'],
    ],
    [
      'a base was loaded anew',
      withBase('ubuntu:22.04', {ours: false, id: 'sha256:ubuntu-2'}),
      ['ubuntu:22.04 is another image on the engine now'],
    ],
    [
      'a registry has another base',
      {...present, moved: new Map([['ubuntu:22.04', 'sha256:fedcba9876543210']])},
      ['ubuntu:22.04 moved to sha256:fedcba987654…'],
    ],
    [
      'a build argument changed',
      {...present, inputs: {...inputs, buildArgs: {COLOUR: 'blue'}}},
      ['build argument COLOUR changed'],
    ],
    [
      'the builder changed',
      {...present, inputs: {...inputs, builder: 'buildkit'}},
      ['the builder changed from classic to BuildKit'],
    ],
    [
      'a hook wrote something else',
      withFiles({'version/VERSION': 'file 644 x', 'version/more': 'file 644 y'}),
      ['build-pre.sh wrote a different version/', 'src/web/version/more was added'],
    ],
    [
      'hooks have not run',
      {...withFiles({version: undefined, 'version/VERSION': undefined}), hookWrote: undefined},
      [],
    ],
  ])('%s', (_what, now, expected) => {
    expect(reasons(record, now)).toEqual(expected);
  });

  it('says that it was never built, also when the engine has something of that name', () => {
    expect(reasons(undefined, {...present, onEngine: undefined})).toEqual(['never built here']);
    expect(reasons(undefined, present)).toEqual(['never built here; the engine has an image of this name']);
  });

  it('names what a hook of a copied component wrote', () => {
    const path = 'dependency/base/generated/big.tar';
    const now = {...withFiles({[path]: 'file 644 x'}), hookWrote: [...record.hookWrote, path]};
    expect(reasons(record, now)).toEqual(['build-post.sh of base wrote a different generated/']);
  });

  it('lists three of many and counts the rest', () => {
    const many = Object.fromEntries(Array.from({length: 9}, (_, index) => [`new-${index}`, 'file 644 x']));
    expect(reasons(record, withFiles(many))).toEqual([
      'src/web/new-0 was added',
      'src/web/new-1 was added',
      'src/web/new-2 was added',
      'and 6 more',
    ]);
  });

  it('takes control characters out of names that come from the tree', () => {
    const [reason] = reasons(record, withFiles({'src/\u001b[2Jevil\n.js': 'file 644 x'}));
    expect(reason).toBe('src/web/src/evil .js was added');
  });
});
