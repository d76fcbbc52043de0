import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {
  adminIdentity,
  issueCertificate,
  kubeconfigWithData,
  kubeconfigWithFiles,
  makeAuthority,
} from '../../../src/engine/kube/certificates.ts';

test('a kubeconfig for a machine names files and holds no secret', () => {
  const text = kubeconfigWithFiles({
    ...{cluster: 'prod', user: 'kubelet', context: 'kubelet@prod', server: 'https://10.0.0.9:6443'},
    authorityFile: '/etc/kubernetes/pki/ca.crt',
    certificateFile: '/etc/kubernetes/pki/kubelet-client.crt',
    keyFile: '/etc/kubernetes/pki/kubelet-client.key',
  });
  expect(text).toMatchInlineSnapshot(`
    "apiVersion: v1
    kind: Config
    clusters:
    - name: prod
      cluster:
        server: https://10.0.0.9:6443
        certificate-authority: /etc/kubernetes/pki/ca.crt
    users:
    - name: kubelet
      user:
        client-certificate: /etc/kubernetes/pki/kubelet-client.crt
        client-key: /etc/kubernetes/pki/kubelet-client.key
    contexts:
    - name: kubelet@prod
      context:
        cluster: prod
        user: kubelet
    current-context: kubelet@prod
    "
  `);
});

test('a kubeconfig for a person holds all that is needed', async () => {
  const now = new Date();
  const authority = await makeAuthority('cluster', {now});
  const credentials = await issueCertificate(authority, adminIdentity, {now});
  const access = {cluster: 'no', user: '007', context: 'a: b #c', server: 'https://[fd00::1]:6443'};
  const config = parse(kubeconfigWithData({...access, authorities: authority.certificate, credentials}).reveal());
  const decoded = (text: string) => Buffer.from(text, 'base64').toString();
  expect(config).toMatchObject({
    ...{apiVersion: 'v1', kind: 'Config', 'current-context': 'a: b #c'},
    clusters: [{name: 'no', cluster: {server: 'https://[fd00::1]:6443'}}],
    users: [{name: '007'}],
    contexts: [{name: 'a: b #c', context: {cluster: 'no', user: '007'}}],
  });
  expect(decoded(config.clusters[0].cluster['certificate-authority-data'])).toBe(authority.certificate);
  expect(decoded(config.users[0].user['client-certificate-data'])).toBe(credentials.certificate);
  expect(decoded(config.users[0].user['client-key-data'])).toBe(credentials.key.reveal());
});
