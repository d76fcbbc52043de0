import {beforeAll, describe, expect, test} from 'vitest';
import {
  type Identity,
  issueCertificate,
  judgeAuthority,
  judgeCertificate,
  type KeyedCertificate,
  makeAuthority,
  type ToJudge,
} from '../../../src/engine/kube/certificates.ts';
import {daysLater, now} from './sample-cluster.ts';

const wanted: Identity = {
  ...{commonName: 'system:node:n1', organizations: ['system:nodes'], usages: ['server', 'client']},
  ...{names: ['n1', 'n1.example.org'], addresses: ['10.0.0.1', 'fd00::1']},
};
let authority: KeyedCertificate;
let namesake: KeyedCertificate;
let issued: KeyedCertificate;
beforeAll(async () => {
  [authority, namesake] = await Promise.all([makeAuthority('cluster', {now}), makeAuthority('cluster', {now})]);
  issued = await issueCertificate(authority, wanted, {now});
});

async function judged(given: Partial<ToJudge> & {identity?: Partial<Identity>}) {
  const {identity, ...further} = given;
  const pem = identity
    ? (await issueCertificate(authority, {...wanted, ...identity}, {now})).certificate
    : issued.certificate;
  const of = 'the kubelet';
  const {state, faults, daysLeft} = judgeCertificate({
    of,
    pem,
    wanted,
    authorities: authority.certificate,
    now,
    ...further,
  });
  return [state, ...faults.map(({sentence}) => sentence), ...(daysLeft === undefined ? [] : [daysLeft])];
}

describe('a certificate', () => {
  test('that is as it should be is good, with the days it has left', async () => {
    expect(await judged({key: issued.key})).toEqual(['good', 365]);
  });

  test('that names more hosts than it should is good: a machine left', async () => {
    expect(
      await judged({identity: {names: ['n1', 'n1.example.org', 'n0'], addresses: ['10.0.0.1', 'fd00::1', '::2']}}),
    ).toEqual(['good', 365]);
  });

  test('that is not there, or cannot be read, is said to be so', async () => {
    expect(await judged({pem: undefined})).toEqual(['missing', 'The certificate of the kubelet is missing.']);
    expect(await judged({pem: 'x'})).toEqual([
      'unreadable',
      'The certificate of the kubelet is damaged: its file cannot be read as one.',
    ]);
  });

  test.each([
    [334, 'good', []],
    [335, 'good', []],
    [335.5, 'expiring', ['The certificate of the kubelet expires in 29 days, on 2027-06-01.', 29]],
    [363, 'expiring', ['The certificate of the kubelet expires in 2 days, on 2027-06-01.', 2]],
    [363.5, 'expiring', ['The certificate of the kubelet expires in 1 day, on 2027-06-01.', 1]],
    [364.5, 'expiring', ['The certificate of the kubelet expires in less than a day, on 2027-06-01.', 0]],
    [365, 'expired', ['The certificate of the kubelet expired on 2027-06-01.', 0]],
    [400, 'expired', ['The certificate of the kubelet expired on 2027-06-01.', -35]],
    [
      -1,
      'not-yet-valid',
      ['The certificate of the kubelet is valid from 2026-06-01 on; either it or the clock is wrong.', 366],
    ],
  ])('%d days after its making is %s', async (days, state, rest) => {
    const [is, ...says] = await judged({now: daysLater(days)});
    expect(is).toBe(state);
    if (rest.length > 0) expect(says).toEqual(rest);
  });

  test('expires as early as is asked for', async () => {
    expect((await judged({renewWithinDays: 366}))[0]).toBe('expiring');
    expect((await judged({renewWithinDays: 365}))[0]).toBe('good');
  });

  test('of another authority is told from one of its own, though both have one name', async () => {
    const says = 'was signed by another authority that is called kubernetes-ca too, which the cluster does not trust.';
    expect(await judged({authorities: namesake.certificate})).toEqual([
      'other-authority',
      `The certificate of the kubelet ${says}`,
      365,
    ]);
    const etcd = await makeAuthority('etcd', {now});
    expect((await judged({authorities: etcd.certificate}))[1]).toContain('was signed by kubernetes-ca, which');
    expect((await judged({authorities: etcd.certificate + authority.certificate}))[0]).toBe('good');
  });

  test('beside a key that is not its own starts nothing', async () => {
    expect((await judged({key: namesake.key})).slice(0, 2)).toEqual([
      'other-key',
      'The certificate of the kubelet and the private key beside it do not belong together: nothing starts with them.',
    ]);
  });

  test.each<[Partial<Identity>, string]>([
    [{names: ['n1']}, 'does not name n1.example.org: whoever connects by it refuses.'],
    [
      {names: [], addresses: ['10.0.0.1']},
      'does not name n1, n1.example.org, fd00::1: whoever connects by one of these refuses.',
    ],
    [{commonName: 'n2'}, 'is for n2, and should be for system:node:n1.'],
    [{organizations: []}, 'is not in the group system:nodes, which its rights come from.'],
    [{organizations: ['system:nodes', 'system:masters']}, 'is in the group system:masters, which it should not be.'],
    [{usages: ['server']}, 'may not be shown by a client: the other side refuses the connection.'],
  ])('for %j is not the wanted one', async (identity, says) => {
    expect(await judged({identity})).toEqual(['wrong-identity', `The certificate of the kubelet ${says}`, 365]);
  });

  test('with thousands of hosts missing says a few', async () => {
    const names = Array.from({length: 2000}, (_, index) => `n${index}`);
    const [, says] = await judged({wanted: {...wanted, names}, identity: {names: []}});
    expect(says).toContain('n0, n1, n2, n3, n4, n5, n6, n7 and 1992 more:');
  });

  test('with several faults says all, the gravest first', async () => {
    const [state, ...says] = await judged({
      now: daysLater(400),
      authorities: namesake.certificate,
      identity: {names: ['n1']},
    });
    expect([state, says.length]).toEqual(['expired', 4]);
    const order = ['expired on', 'was signed by another', 'does not name n1.example.org'];
    for (const [index, part] of order.entries()) expect(says[index]).toContain(part);
  });
});

describe('the certificate of an authority', () => {
  const judgedAuthority = (given: Partial<ToJudge>) => {
    const {state, faults} = judgeAuthority({of: 'the cluster authority', pem: authority.certificate, now, ...given});
    return [state, ...faults.map(({sentence}) => sentence)];
  };

  test('is good until a year before its end', () => {
    expect(judgedAuthority({key: authority.key})).toEqual(['good']);
    expect(judgedAuthority({now: daysLater(3286)})).toEqual([
      'expiring',
      'The certificate of the cluster authority expires in 364 days, on 2036-05-29.',
    ]);
    expect(judgedAuthority({now: daysLater(3650)})[0]).toBe('expired');
  });

  test('may be missing, of another key, or none', () => {
    expect(judgedAuthority({pem: undefined})[0]).toBe('missing');
    expect(judgedAuthority({key: namesake.key})[0]).toBe('other-key');
    expect(judgedAuthority({pem: issued.certificate, renewWithinDays: 30})).toEqual([
      'wrong-identity',
      'The certificate of the cluster authority is not one of an authority: nothing that it signs is accepted.',
    ]);
  });
});
