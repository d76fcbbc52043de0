import '../../helpers/property-seed.ts';
import fc from 'fast-check';
import {beforeAll, expect, test} from 'vitest';
import {
  canonicalAddress,
  firstServiceAddresses,
  identityFaults,
  issueCertificate,
  type KeyedCertificate,
  makeAuthority,
  readCertificate,
  sortHosts,
  type Usage,
} from '../../../src/engine/kube/certificates.ts';
import {hasOpenssl} from '../../helpers/certificates.ts';
import {printed} from './openssl.ts';

let authority: KeyedCertificate;
const now = new Date();
beforeAll(async () => {
  authority = await makeAuthority('cluster', {now});
});

const hosts = fc.array(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()), {maxLength: 20});
const userName = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:._@-]{0,60}$/);
const usages = fc.subarray<Usage>(['server', 'client'], {minLength: 1});
const identities = fc
  .record({commonName: userName, organizations: fc.uniqueArray(userName, {maxLength: 3}), hosts, usages})
  .map(({hosts, ...identity}) => ({...identity, ...sortHosts(hosts)}));

test('whoever a certificate is issued for is whom it is read for', async () => {
  await fc.assert(
    fc.asyncProperty(identities, async (identity) => {
      const read = readCertificate((await issueCertificate(authority, identity, {now})).certificate);
      const {commonName, organizations, names, addresses, usages} = read;
      expect({commonName, organizations, names, addresses, usages}).toEqual(identity);
      expect(identityFaults(read, identity)).toEqual([]);
    }),
    {numRuns: 60},
  );
});

test.skipIf(!hasOpenssl)('OpenSSL reads the same hosts', async () => {
  await fc.assert(
    fc.asyncProperty(hosts, async (list) => {
      const sorted = sortHosts(list);
      const identity = {commonName: 'x', organizations: [], ...sorted, usages: ['server' as const]};
      const text = printed((await issueCertificate(authority, identity, {now})).certificate);
      const [, line = ''] = /Alternative Name: \n\s+(.*)\n/.exec(text) ?? [];
      const parts = line === '' ? [] : line.split(', ').map((part) => part.replace(/^(?:DNS|IP Address):/, ''));
      expect(parts.map((part) => canonicalAddress(part) ?? part)).toEqual([...sorted.names, ...sorted.addresses]);
    }),
    {numRuns: 20},
  );
});

test('any text at all as a host is refused or named exactly', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.string({unit: 'binary'})), async (host) => {
      let sorted: ReturnType<typeof sortHosts>;
      try {
        sorted = sortHosts([host]);
      } catch (error) {
        expect(error).toMatchObject({problem: {code: 'certificate-invalid'}});
        return;
      }
      expect([...sorted.names, ...sorted.addresses]).toEqual([canonicalAddress(host) ?? host.toLowerCase()]);
      const identity = {commonName: 'x', organizations: [], ...sorted, usages: ['server' as const]};
      const {names, addresses} = readCertificate((await issueCertificate(authority, identity, {now})).certificate);
      expect({names, addresses}).toEqual(sorted);
    }),
  );
});

test('any text at all is a certificate or a problem', () => {
  const pems = fc.oneof(
    fc.string(),
    fc.base64String().map((text) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`),
  );
  fc.assert(
    fc.property(pems, (pem) => {
      expect(() => readCertificate(pem)).toThrow(expect.objectContaining({name: 'ProblemError'}));
    }),
  );
});

test('every way of writing an address is one address', () => {
  const spellings = fc.tuple(fc.bigInt({min: 0n, max: 2n ** 128n - 1n}), fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(spellings, ([number, capitals, zeros]) => {
      const groups = Array.from({length: 8}, (_, index) =>
        ((number >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
      );
      const long = groups.map((group) => (zeros ? group.padStart(4, '0') : group)).join(':');
      const canonical = canonicalAddress(capitals ? long.toUpperCase() : long);
      expect(canonical).toBe(canonicalAddress(groups.join(':')));
      expect(canonicalAddress(canonical ?? '')).toBe(canonical);
    }),
  );
});

test('the first address of a range is the one behind its first', () => {
  const bits = fc.tuple(fc.nat(0xffff_ffff), fc.integer({min: 0, max: 30}));
  fc.assert(
    fc.property(bits, ([number, length]) => {
      const text = (of: number) => [24, 16, 8, 0].map((shift) => (of >>> shift) & 255).join('.');
      const network = length === 0 ? 0 : (number & (-1 << (32 - length))) >>> 0;
      expect(firstServiceAddresses(`${text(number)}/${length}`)).toEqual([text(network + 1)]);
    }),
  );
});
