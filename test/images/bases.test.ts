import {describe, expect, it} from 'vitest';
import {type AskedBase, askForBases, movedBases} from '../../src/engine/images/bases.ts';
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
    const {asked, problems} = await askForBases([...here.keys()], here, [], world, signal);
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
      [known],
      tools({'ubuntu:22.04': unreachable}),
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
      [known],
      tools({'ubuntu:22.04': unreachable}),
      signal,
    );
    expect(asked).toEqual([]);
    expect(problems[0]?.message).toContain('what the engine has counts');
  });

  it('warns of a base that is nowhere', async () => {
    const here = new Map<string, EngineImage | undefined>([['nobody/knows:1', undefined]]);
    const {problems} = await askForBases(['nobody/knows:1'], here, [], tools({}), signal);
    expect(problems).toMatchObject([{code: 'not-found', severity: 'warning'}]);
  });

  it('knows an image of Docker Hub by its short and its long name', () => {
    const here = new Map([['docker.io/library/ubuntu:22.04', image('u', 'ubuntu@sha256:u1')]]);
    const asked = [{reference: 'docker.io/library/ubuntu:22.04', digest: 'sha256:u2', at: 0}];
    expect(movedBases(asked, here).size).toBe(1);
  });
});
