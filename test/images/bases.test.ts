import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {
  type AskedBase,
  askForBases,
  type BaseMemory,
  movedBases,
  rememberBases,
  rememberedBases,
} from '../../src/engine/images/bases.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import type {EngineImage, Tools} from '../../src/engine/tools.ts';

const image = (id: string, ...repoDigests: string[]): EngineImage => ({
  id,
  repoDigests,
  repoTags: [],
  sizeBytes: 1,
  created: '',
});
const day = 24 * 60 * 60 * 1000;
const signal = new AbortController().signal;

function tools(
  answers: Record<string, string | undefined | Error>,
): Pick<Tools, 'docker' | 'clock'> & {asked: string[]} {
  const asked: string[] = [];
  const docker = {
    credentials: async () => undefined,
    registryDigest: async (reference: string) => {
      asked.push(reference);
      const answer = answers[reference];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return {docker, clock: {now: () => 10 * day}, asked} as unknown as Pick<Tools, 'docker' | 'clock'> & {
    asked: string[];
  };
}

const nothing: BaseMemory = {asked: [], unanswered: []};
const unreachable = new ProblemError({code: 'registry-unreachable', message: 'Nobody answers.'});

describe('askForBases', () => {
  it('asks for bases that came from a registry or are not here, and for no others', async () => {
    const world = tools({'ubuntu:22.04': 'sha256:u2', 'node:10': 'sha256:n'});
    const here = new Map([
      ['ubuntu:22.04', image('u', 'ubuntu@sha256:u1')],
      ['made-here:1', image('m')],
      ['node:10', undefined],
      ['pinned@sha256:0', undefined],
    ]);
    const {asked, problems} = await askForBases([...here.keys()], here, nothing, {tools: world, anew: true}, signal);
    expect(world.asked.sort()).toEqual(['node:10', 'ubuntu:22.04']);
    expect(asked).toEqual([
      {reference: 'node:10', digest: 'sha256:n', at: 10 * day},
      {reference: 'ubuntu:22.04', digest: 'sha256:u2', at: 10 * day, engineId: 'u'},
    ]);
    expect(problems).toEqual([]);
    expect([...movedBases(asked, here)]).toEqual([['ubuntu:22.04', 'sha256:u2']]);
  });

  it('takes the last known digest, and says how old it is, when a registry does not answer', async () => {
    const here = new Map([['ubuntu:22.04', image('u', 'ubuntu@sha256:u1')]]);
    const known: AskedBase = {reference: 'ubuntu:22.04', digest: 'sha256:u2', at: 7 * day, engineId: 'u'};
    const {asked, problems} = await askForBases(
      ['ubuntu:22.04'],
      here,
      {...nothing, asked: [known]},
      {tools: tools({'ubuntu:22.04': unreachable}), anew: true},
      signal,
    );
    expect(asked).toEqual([known]);
    expect(problems).toEqual([
      {
        code: 'registry-unreachable',
        severity: 'notice',
        message: 'docker.io could not be asked for ubuntu:22.04 (Nobody answers); its digest of 3 days ago counts.',
      },
    ]);
  });

  it('does not believe an old answer about an image that was pulled since', async () => {
    const here = new Map([['ubuntu:22.04', image('new', 'ubuntu@sha256:u3')]]);
    const known: AskedBase = {reference: 'ubuntu:22.04', digest: 'sha256:u2', at: 7 * day, engineId: 'old'};
    const {asked, problems} = await askForBases(
      ['ubuntu:22.04'],
      here,
      {...nothing, asked: [known]},
      {tools: tools({'ubuntu:22.04': unreachable}), anew: true},
      signal,
    );
    expect(asked).toEqual([]);
    expect(problems[0]?.message).toContain('what the engine has counts');
  });

  it('asks once for a proposal and for the runner that follows it, and again a minute later', async () => {
    const here = new Map([
      ['ubuntu:22.04', image('u', 'ubuntu@sha256:u1')],
      ['node:10', image('n', 'node@sha256:n1')],
    ]);
    const world = tools({'ubuntu:22.04': 'sha256:u2', 'node:10': unreachable});
    const proposed = await askForBases([...here.keys()], here, nothing, {tools: world, anew: true}, signal);
    expect(world.asked).toHaveLength(2);
    const again = await askForBases([...here.keys()], here, proposed, {tools: world, anew: false}, signal);
    expect(world.asked).toHaveLength(2);
    expect(again).toEqual(proposed);
    expect(again.problems[0]?.message).toContain('node:10 (Nobody answers)');

    const aMinuteOld: BaseMemory = {
      asked: proposed.asked.map((each) => ({...each, at: each.at - 60_000})),
      unanswered: proposed.unanswered.map((each) => ({...each, at: each.at - 60_000})),
    };
    await askForBases([...here.keys()], here, aMinuteOld, {tools: world, anew: false}, signal);
    expect(world.asked).toHaveLength(4);
    // A clock that was set back must not make an answer fresh for ever.
    const later = {...nothing, asked: proposed.asked.map((each) => ({...each, at: each.at + 5_000}))};
    await askForBases(['ubuntu:22.04'], here, later, {tools: world, anew: false}, signal);
    expect(world.asked).toHaveLength(5);
    // Pulled since then: the answer was about another image.
    const pulled = new Map([['ubuntu:22.04', image('new', 'ubuntu@sha256:u3')]]);
    await askForBases(['ubuntu:22.04'], pulled, proposed, {tools: world, anew: false}, signal);
    expect(world.asked).toHaveLength(6);
  });

  it('keeps what registries said, and that they were silent only until they speak', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pai-bases-'));
    const files = createFiles({cacheFile: join(folder, 'cache')});
    const known: AskedBase = {reference: 'a:1', digest: 'sha256:a', at: 5, engineId: 'a'};
    const silent = {reference: 'b:1', because: 'Nobody answers.', at: 6};
    try {
      expect(await rememberedBases(folder)).toEqual(nothing);
      await rememberBases(folder, {asked: [known], unanswered: [silent]}, files);
      expect(await rememberedBases(folder)).toEqual({asked: [known], unanswered: [silent]});
      const spoke: AskedBase = {reference: 'b:1', digest: 'sha256:b', at: 7};
      await rememberBases(folder, {asked: [spoke], unanswered: []}, files);
      expect(await rememberedBases(folder)).toEqual({asked: [known, spoke], unanswered: []});
      await writeFile(join(folder, 'images/bases.json'), '[{"reference":');
      expect(await rememberedBases(folder)).toEqual(nothing);
    } finally {
      await rm(folder, {recursive: true, force: true});
    }
  });

  it('warns of a base that is nowhere', async () => {
    const here = new Map<string, EngineImage | undefined>([['nobody/knows:1', undefined]]);
    const {problems} = await askForBases(['nobody/knows:1'], here, nothing, {tools: tools({}), anew: true}, signal);
    expect(problems).toMatchObject([{code: 'not-found', severity: 'warning'}]);
  });

  it('does not take a base for moved whose registry has it by another of its digests', () => {
    const here = new Map([['ubuntu:22.04', image('u', 'other@sha256:o', 'ubuntu@sha256:u1', 'ubuntu@sha256:u2')]]);
    const moved = (digest: string) => movedBases([{reference: 'ubuntu:22.04', digest, at: 0}], here).size;
    expect(['sha256:u1', 'sha256:u2', 'sha256:u3', 'sha256:o'].map(moved)).toEqual([0, 0, 1, 1]);
  });

  it('knows an image of Docker Hub by its short and its long name', () => {
    const here = new Map([['docker.io/library/ubuntu:22.04', image('u', 'ubuntu@sha256:u1')]]);
    const asked = [{reference: 'docker.io/library/ubuntu:22.04', digest: 'sha256:u2', at: 0}];
    expect(movedBases(asked, here).size).toBe(1);
  });
});
