import {describe, expect, test} from 'vitest';
import type {Knock} from '../../../src/engine/cluster/check/api-endpoints.ts';
import {judgeSpread, seeSpread} from '../../../src/engine/cluster/verify/api-spread.ts';
import {clusterOf} from '../sample-clusters.ts';

const {signal} = new AbortController();
const proxied = await clusterOf('proxy');
const external = await clusterOf('external-balancer');
const single = await clusterOf('single-master');
const [a = '', b = '', c = ''] = proxied.masters.map(({name}) => name);

/** Masters that show their name as their certificate, unless they are away; the address shows what `turns` say, again and again. */
function network(layout: typeof proxied, away: readonly string[], turns: readonly (string | undefined)[]) {
  let turn = 0;
  const knock: Knock = async (host, port) => {
    const isAddress = host === layout.api.host && port === layout.api.port;
    const master = layout.masters.find(({address}) => address === host);
    const shown = isAddress
      ? turns[turn++ % turns.length]
      : away.includes(master?.name ?? '')
        ? undefined
        : master?.name;
    return shown === undefined ? {state: 'refused'} : {state: 'answers', certificate: shown};
  };
  // Waiting takes no time here.
  let now = 0;
  const clock = {
    monotonic: () => now,
    async sleep(milliseconds: number) {
      now += milliseconds;
    },
  };
  return seeSpread({layout, masters: layout.masters, knock, clock}, signal);
}

describe('the address of the API', () => {
  test('is asked until every server has been seen, and not longer', async () => {
    const spread = await network(proxied, [], [a, a, c, b]);
    expect(spread).toEqual({
      tries: 4,
      servers: [a, b, c].map((master) => ({master, certificate: master})),
      shown: [a, c, b],
    });
    expect(judgeSpread(proxied, spread)).toEqual({
      type: 'reached',
      note: '3 of 3 API servers',
      words: `https://${proxied.api.host}:${proxied.api.port} led to each of 3 API servers (${a}, ${b}, ${c}) in 4 new connections.`,
    });
  });

  test('is asked once where it is that of one of several masters', async () => {
    const host = proxied.masters[1]?.address ?? '';
    const layout = {...proxied, api: {host, port: 6443}};
    const spread = await network(layout, [], [b]);
    expect(spread).toMatchObject({tries: 1, shown: [b]});
    expect(judgeSpread(layout, spread)).toMatchObject({type: 'reached', note: '1 of 3 API servers'});
  });

  test('is given up after a minute, and many times round', async () => {
    const {tries, shown} = await network(proxied, [], [a, b]);
    expect(shown).toEqual([a, b]);
    expect(tries).toBeGreaterThanOrEqual(30);
  });

  test.each<[string, typeof proxied, readonly string[], readonly (string | undefined)[], object]>([
    ['that leads to some', proxied, [], [a, b], {type: 'not reached', words: expect.stringContaining(`in none of`)}],
    ['that leads to one', proxied, [], [a], {type: 'not reached', words: expect.stringContaining(`to ${b}, ${c}`)}],
    [
      'that nobody answers at',
      proxied,
      [],
      [undefined],
      {type: 'not reached', words: expect.stringContaining('Nobody answers')},
    ],
    [
      'that leads elsewhere',
      proxied,
      [],
      ['x'],
      {type: 'not reached', words: expect.stringContaining('none of the API servers')},
    ],
    [
      'that leads to all that are there',
      proxied,
      [b],
      [a, c],
      {
        type: 'reached',
        note: '2 of 3 API servers',
        words: expect.stringContaining(`Not proven: ${b}, whose API server does not answer.`),
      },
    ],
    [
      'of a balancer that may keep to one server',
      external,
      [],
      [external.masters[0]?.name],
      {
        type: 'reached',
        note: expect.stringContaining('1 of'),
        words: expect.stringContaining('Not proven: that it leads to'),
      },
    ],
    ['of the only master', single, [], [single.masters[0]?.name], {type: 'reached', note: '1 of 1 API servers'}],
  ])('%s is judged by what was seen', async (_what, layout, away, turns, expected) => {
    expect(judgeSpread(layout, await network(layout, away, turns))).toMatchObject(expected);
  });

  test('that is one of several masters says what is lost with it', async () => {
    const layout = {...external, api: {host: external.masters[0]?.address ?? '', port: external.masterPort}};
    const judged = judgeSpread(layout, await network(layout, [], [external.masters[0]?.name]));
    expect(judged).toMatchObject({
      type: 'reached',
      words: expect.stringContaining('without that master nobody reaches the API'),
    });
  });
});
