import {describe, expect, test} from 'vitest';
import {type Membership, membershipOf, othersWords} from '../../src/engine/cluster/membership.ts';

const cluster = {
  machines: [
    {address: '10.0.0.1', roles: ['master']},
    {address: '10.0.0.11', roles: ['worker']},
  ],
  api: {host: '10.0.0.200', port: 443},
  masterPort: 6443,
} as const;

describe('the cluster of a machine', () => {
  test.each<[string, Membership, readonly string[]]>([
    ['no kubeconfig', 'none', []],
    ['the machine itself', 'none', ['https://127.0.0.1:6443', 'https://localhost:6443', 'https://[::1]:6443']],
    ['the address of the API', 'this cluster', ['https://10.0.0.200']],
    ['the same with another port', 'another cluster', ['https://10.0.0.200:6443']],
    ['a master', 'this cluster', ['https://127.0.0.1:6443', 'https://10.0.0.1:6443']],
    ['a master with another port', 'another cluster', ['https://10.0.0.1:7443']],
    ['a worker, which is the master of others', 'another cluster', ['https://10.0.0.11:6443']],
    ['a master by plain HTTP, as of old', 'none', ['http://10.0.0.1:8080']],
    ['others by plain HTTP', 'another cluster', ['http://10.0.0.11:8080']],
    ['us and others', 'another cluster', ['https://10.0.0.200', 'https://192.168.9.9:6443']],
    ['no address', 'none', ['nonsense', 'ftp://10.0.0.1']],
  ])('is told where kubeconfigs lead to %s: %s', (_where, membership, servers) => {
    expect(membershipOf({servers}, cluster)).toBe(membership);
  });

  test('is not known of a machine that was not asked', () => {
    expect(membershipOf(undefined, cluster)).toBe('none');
  });

  test('is another one where somebody else started the kubelet, and is named by that or by its servers', () => {
    const traces = {servers: ['https://127.0.0.1:6443', 'https://10.0.0.1:6443'], hasOthersKubelet: true} as const;
    expect(membershipOf(traces, cluster)).toBe('another cluster');
    expect(othersWords(traces)).toBe('whose kubelet was started neither by pai-tui nor by OpenPAI');
    expect(othersWords({servers: ['https://127.0.0.1:6443', 'https://b:6443/']})).toBe('whose API is https://b:6443/');
  });
});
