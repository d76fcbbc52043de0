import {describe, expect, it} from 'vitest';
import {selectImages} from '../../../src/engine/catalog/select.ts';
import type {ImageBuildFacts} from '../../../src/engine/images/facts.ts';
import {builderOf} from '../../../src/engine/images/judge.ts';
import type {ImageRecord} from '../../../src/engine/images/record.ts';
import {planHash} from '../../../src/engine/plan/hash.ts';
import {planImageBuild} from '../../../src/engine/plan/image/image-build.ts';
import type {Plan} from '../../../src/engine/plan/types.ts';
import type {Problem} from '../../../src/engine/problem.ts';
import {refusal} from '../../helpers/plan-rows.ts';
import {catalog, component, facts, image, request} from './image-facts.ts';

const never = {state: 'never', reasons: ['never built here']} as const;
const stale = (...reasons: string[]) => ({state: 'stale', reasons}) as const;
const undecided = {state: 'unknown', reasons: ['build-pre.sh runs first']} as const;

const chain = catalog(
  [component('base'), component('mid', {needs: ['base']}), component('top', {needs: ['mid']}), component('alone')],
  [
    image('base', {foreignBases: ['ubuntu:22.04']}),
    image('mid', {needs: ['base']}),
    image('top', {needs: ['mid']}),
    image('alone'),
  ],
);
const hooked = catalog(
  [component('maker', {images: [], preHook: 'src/maker/build/build-pre.sh'}), component('user', {needs: ['maker']})],
  [image('user')],
);

const shape = (plan: Plan) => plan.tasks.map(({id, needs, expected}) => [id, needs, expected]);

it('lets components whose hooks may wait for each other take slots of their own', () => {
  const tree = catalog(
    [component('hooked', {preHook: 'src/hooked/build/build-pre.sh'}), component('plain')],
    [image('hooked'), image('plain')],
  );
  const {tasks} = planImageBuild(request(), facts(tree, {hooked: never, plain: never}));
  expect(tasks.map(({id, resource}) => [id, resource])).toEqual([
    ['copy-tree', undefined],
    ['build/hooked', 'hook'],
    ['build/plain', 'build'],
  ]);
});

describe('a file from outside of the tree', () => {
  const path = 'src/hadoop-run/hadoop/hadoop.tar.gz';
  const given = {image: 'hadoop-run', from: '/elsewhere/hadoop.tar.gz', path, digest: 'abc'};
  const tree = catalog([component('hadoop-run'), component('other')], [image('hadoop-run'), image('other')]);
  const planOf = (state: typeof never | ReturnType<typeof current>) =>
    planImageBuild(
      request({config: '/cfg'}),
      facts(tree, {'hadoop-run': state, other: never}, {hadoop: {given, place: {}, problems: []}}),
    );
  const current = () => ({state: 'current', reasons: []}) as const;
  const effect = {kind: 'file', path: `$RUN/tree/root/${path}`, digest: 'abc'};

  it('is put into the copy of the tree for its image alone, which the plan says', () => {
    const {tasks} = planOf(never);
    expect(tasks.map(({id}) => id)).toEqual(['copy-tree', 'build/hadoop-run', 'build/other']);
    expect(tasks.filter(({does}) => does.some((each) => JSON.stringify(each) === JSON.stringify(effect)))).toEqual([
      tasks[1],
    ]);
  });

  it('is left where it is when its image is current', () => {
    expect(planOf(current()).tasks.map(({id}) => id)).toEqual(['build/hadoop-run', 'build/other']);
    expect(JSON.stringify(planOf(current()))).not.toContain(path);
  });

  it('that cannot be had is a refusal', () => {
    const wrong: Problem = {code: 'file-unreadable', message: 'It is not there.', file: '/cfg/a.yaml', line: 3};
    const hadoop = {place: {}, problems: [wrong]};
    expect(refusal(() => planImageBuild(request(), facts(tree, {}, {hadoop})))).toEqual(wrong);
  });
});

describe('the builder of an image', () => {
  const record = (builder: 'classic' | 'buildkit') => ({inputs: {builder}}) as ImageRecord;
  const plain = image('x');
  const needing = image('x', {needsBuildkit: {line: 1, because: 'RUN --mount'}});
  it.each([
    ['classic by default', plain, 'auto', undefined, 'classic'],
    ['BuildKit where the Dockerfile needs it', needing, 'auto', record('classic'), 'buildkit'],
    ['the one that built it last', plain, 'auto', record('buildkit'), 'buildkit'],
    ['the one that was asked for', plain, 'classic', record('buildkit'), 'classic'],
    ['the one that was asked for, also the first time', plain, 'buildkit', undefined, 'buildkit'],
  ] as const)('is %s', (_why, of, wanted, before, expected) => {
    expect(builderOf(of, wanted, before)).toBe(expected);
  });
});

describe('a plan to build', () => {
  it('names what is rendered, with its digest, and warns of secrets in it', () => {
    const tree = catalog(
      [component('t')],
      [image('t', {templates: ['dockerfile', 'login'], context: 'src/t', dockerfile: 'src/t/dockerfile'})],
    );
    const templates = {
      rendered: [
        {image: 't', path: 'src/t/dockerfile', digest: 'abc'},
        {image: 't', path: 'src/t/login', digest: 'secret'},
      ],
      problems: [],
      warnings: [],
    };
    const plan = planImageBuild(request({config: '/cfg'}), facts(tree, {t: never}, {templates}));
    expect(plan.tasks.map(({id}) => id)).toEqual(['copy-tree', 'build/t']);
    expect(plan.tasks[1]?.does).toEqual(
      expect.arrayContaining([
        {kind: 'file', path: '$RUN/tree/root/src/t/dockerfile', digest: 'abc'},
        {kind: 'file', path: '$RUN/tree/root/src/t/login', digest: 'secret'},
      ]),
    );
    expect(plan.notices).toMatchObject([{code: 'template-secret', severity: 'warning'}]);
  });

  it('has a task per component that needs what it stands on, and nothing to do when all is current', () => {
    const plan = planImageBuild(request(), facts(chain));
    expect(plan.title).toBe('Build nothing: every image is current');
    expect(shape(plan)).toEqual([
      ['build/alone', [], 'unchanged'],
      ['build/base', [], 'unchanged'],
      ['build/mid', ['build/base'], 'unchanged'],
      ['build/top', ['build/mid'], 'unchanged'],
    ]);
    expect(plan.tasks.flatMap(({does}) => does)).toEqual([]);
  });

  it('copies the tree only where something works in it', () => {
    const alone = planImageBuild(request(), facts(chain, {alone: never}));
    expect(alone.title).toBe('Build 1 image');
    expect(alone.tasks.map(({id}) => id)).not.toContain('copy-tree');
    const top = planImageBuild(request(), facts(chain, {top: stale('src/top/x changed')}));
    expect(shape(top)).toEqual([
      ['copy-tree', [], 'unchanged'],
      ['build/alone', [], 'unchanged'],
      ['build/base', [], 'unchanged'],
      // It is copied into top, with base in it.
      ['build/mid', ['copy-tree', 'build/base'], 'unchanged'],
      ['build/top', ['copy-tree', 'build/mid'], 'change'],
    ]);
  });

  it('lists every effect', () => {
    const plan = planImageBuild(request(), facts(chain, {top: never}));
    expect(Object.fromEntries(plan.tasks.map(({id, does}) => [id, does]))).toEqual({
      'copy-tree': [{kind: 'file', path: '$RUN/tree/**'}],
      'build/alone': [],
      'build/base': [],
      'build/mid': [{kind: 'file', path: '$RUN/tree/**'}],
      'build/top': [
        {kind: 'file', path: '$RUN/tree/**'},
        {kind: 'docker', call: 'build', image: 'top'},
        {kind: 'file', path: '$STATE/images/**'},
      ],
    });
  });

  it('leaves open what a hook decides, and names the hook as it is run', () => {
    const plan = planImageBuild(request(), facts(hooked, {user: undecided}));
    expect(plan.title).toBe('Build up to 1 image');
    expect(shape(plan)).toEqual([
      ['copy-tree', [], 'unchanged'],
      ['build/maker', ['copy-tree'], 'decided while running'],
      ['build/user', ['copy-tree', 'build/maker'], 'decided while running'],
    ]);
    expect(plan.tasks[1]?.does).toContainEqual({
      kind: 'command',
      argv: ['src/maker/build/build-pre.sh'],
      cwd: '$RUN/tree/root',
    });
    expect(plan.tasks[2]?.does).toContainEqual({
      kind: 'docker',
      call: 'build',
      image: 'user',
      decided: 'only if what it is made of changed',
    });
    expect(plan.tasks[2]?.why).toEqual(['build-pre.sh runs first']);
  });

  it('builds everything with --force, and says so', () => {
    const plan = planImageBuild(request({force: true}), facts(chain, {mid: stale('src/mid/x changed')}));
    expect(plan.title).toBe('Build 4 images');
    const [why] = plan.tasks.filter(({id}) => id === 'build/mid').map((task) => task.why);
    expect(why).toEqual(['everything is built (--force)', 'src/mid/x changed']);
  });

  it('says that --no-cache alone builds nothing', () => {
    const [notice] = planImageBuild(request({noCache: true}), facts(chain)).notices;
    expect(notice).toMatchObject({severity: 'notice', hint: 'Add --force to build what is current.'});
  });

  it('builds of a component only the images that were asked for', () => {
    const two = catalog(
      [component('drivers', {images: ['one', 'two']})],
      [image('one', {component: 'drivers'}), image('two', {component: 'drivers'})],
    );
    const plan = planImageBuild(request(), facts(two, {one: never}, {selection: selectImages(two, ['one'])}));
    expect(plan.tasks[0]?.does.filter(({kind}) => kind === 'docker')).toEqual([
      {kind: 'docker', call: 'build', image: 'one'},
    ]);
  });

  it('pulls a base that moved before what stands on it', () => {
    const moved = {moved: [['ubuntu:22.04', 'sha256:0123456789abcdef']]} as Partial<ImageBuildFacts>;
    const plan = planImageBuild(
      request(),
      facts(chain, {base: stale('ubuntu:22.04 moved to sha256:0123456789ab…')}, moved),
    );
    const pull = plan.tasks.find(({title}) => title === 'Pull ubuntu:22.04');
    expect(pull?.does).toEqual([{kind: 'docker', call: 'pull', image: 'ubuntu:22.04'}]);
    expect(plan.tasks.find(({id}) => id === 'build/base')?.needs).toEqual([pull?.id]);
  });

  it('gives ids of safe characters to names that have others', () => {
    const odd = catalog([component('Über Uns', {images: ['x']})], [image('x', {component: 'Über Uns'})]);
    const plan = planImageBuild(request(), facts(odd, {x: never}));
    expect(plan.tasks[0]?.id).toMatch(/^build\/[a-z0-9._-]+$/);
  });

  it('is the same for the same facts, also after they were written down', () => {
    const given = facts(chain, {top: never, base: stale('x')});
    const kept = JSON.parse(JSON.stringify(given)) as ImageBuildFacts;
    expect(planHash(planImageBuild(request(), kept))).toBe(planHash(planImageBuild(request(), given)));
  });
});

describe('a build is refused', () => {
  it('for mistakes of the tree among what is built, all at once; others are notices', () => {
    const problems: Problem[] = [
      {code: 'dockerfile-invalid', message: 'First.', file: '/tree/src/base/build/base.dockerfile', line: 2},
      {code: 'unknown-dependency', message: 'Second.', file: '/tree/src/mid/build/component.dep', line: 1},
      {code: 'dockerfile-invalid', message: 'Elsewhere.', file: '/tree/src/alone/build/alone.dockerfile'},
    ];
    const tree = {...chain, problems};
    const asked = facts(tree, {}, {selection: selectImages(tree, ['top'])});
    const problem = refusal(() => planImageBuild(request(), asked));
    expect(problem).toMatchObject({
      code: 'dockerfile-invalid',
      message: '2 problems are in the way; the first: First.',
    });
    expect(problem.detail).toBe(
      '/tree/src/base/build/base.dockerfile:2: First.\n/tree/src/mid/build/component.dep:1: Second.',
    );
    const rest = {...tree, problems: problems.slice(0, 2)};
    const other = planImageBuild(request(), facts(rest, {}, {selection: selectImages(rest, ['alone'])}));
    expect(other.notices.map(({severity, message}) => [severity, message])).toEqual([
      ['warning', 'First.'],
      ['warning', 'Second.'],
    ]);
  });

  it('for a ring', () => {
    const ring = catalog(
      [component('a', {needs: ['b']}), component('b', {needs: ['a']})],
      [image('a', {needs: ['b']}), image('b', {needs: ['a']})],
    );
    expect(refusal(() => planImageBuild(request(), facts(ring)))).toMatchObject({
      code: 'dependency-cycle',
      message: 'These components need each other: a → b → a.',
    });
  });

  it('for an image that needs a template when there is no configuration, naming it', () => {
    const tree = catalog([component('t'), component('u')], [image('t', {templates: ['dockerfile']}), image('u')]);
    const problem = refusal(() => planImageBuild(request(), facts(tree)));
    expect(problem).toMatchObject({
      code: 'config-missing',
      message: expect.stringContaining('t is made from a template (dockerfile)'),
      hint: 'Name the configuration with -c DIR.',
    });
    const without = facts(tree, {}, {selection: selectImages(tree, ['u'])});
    expect(planImageBuild(request(), without).tasks).toHaveLength(1);
  });

  it('for a template that does not render, with its line', () => {
    const tree = catalog([component('t')], [image('t', {templates: ['dockerfile']})]);
    const wrong: Problem = {
      code: 'template-failed',
      message: 'The template failed.',
      file: '/tree/x.template',
      line: 3,
    };
    const templates = {rendered: [], problems: [wrong], warnings: []};
    const refused = refusal(() => planImageBuild(request({config: '/cfg'}), facts(tree, {}, {templates})));
    expect(refused).toMatchObject({code: 'template-failed', line: 3});
  });

  it('for names that lack the namespace of the configuration', () => {
    const tree = catalog([component('x')], [image('x', {localName: '<namespace>/x'})]);
    expect(refusal(() => planImageBuild(request(), facts(tree)))).toMatchObject({code: 'config-missing'});
  });

  it('for a folder that can be no component only when everything is asked for', () => {
    const problem: Problem = {code: 'tree-invalid', message: 'a b cannot be a component', file: '/tree/src/a b'};
    const tree = catalog([component('x')], [image('x')], {problems: [problem]});
    expect(refusal(() => planImageBuild(request(), facts(tree)))).toMatchObject({code: 'tree-invalid'});
    const plan = planImageBuild(request({names: ['x']}), facts(tree));
    expect(plan.notices).toMatchObject([{code: 'tree-invalid', severity: 'warning'}]);
    const whole = catalog([component('x')], [image('x')], {problems: [{...problem, file: '/tree/src'}]});
    expect(refusal(() => planImageBuild(request({names: ['x']}), facts(whole)))).toMatchObject({code: 'tree-invalid'});
  });

  it('for an engine without BuildKit when what built an image last was BuildKit', () => {
    const tree = catalog([component('x')], [image('x')]);
    const before = facts(tree);
    const judged = before.images.map((each) => ({...each, builder: 'buildkit' as const}));
    const without = {...before, images: judged, engine: {...before.engine, buildkit: false}};
    expect(refusal(() => planImageBuild(request(), without))).toMatchObject({
      code: 'engine-refused',
      hint: expect.stringContaining('--builder classic'),
    });
  });

  it('for the classic builder where a Dockerfile needs BuildKit, at its line', () => {
    const tree = catalog([component('x')], [image('x', {needsBuildkit: {line: 3, because: 'RUN --mount'}})]);
    const problem = refusal(() => planImageBuild(request({builder: 'classic'}), facts(tree)));
    expect(problem).toMatchObject({code: 'dockerfile-invalid', file: '/tree/src/x/build/x.dockerfile', line: 3});
    expect(planImageBuild(request(), facts(tree)).tasks).toHaveLength(1);
  });
});
