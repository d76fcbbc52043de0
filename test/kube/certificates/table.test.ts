import {describe, expect, test} from 'vitest';
import {
  type CertificateRole,
  filesOnMachine,
  firstServiceAddresses,
  wantedCertificates,
} from '../../../src/engine/kube/certificates.ts';
import {cluster, master, otherMaster, proxy, worker} from './sample-cluster.ts';

const wantedOf = (kind: string, machine = master, of = cluster) => {
  const found = wantedCertificates(machine, of).find((certificate) => certificate.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};

describe('which certificates there are', () => {
  test('a master has those of its components, of etcd and of its kubelet', () => {
    const lines = wantedCertificates(master, cluster).map(
      ({kind, authority, commonName, organizations, usages, certificateFile}) =>
        [kind, authority, [...organizations, commonName].join('/'), usages.join('+'), certificateFile].join(' '),
    );
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "apiserver cluster kube-apiserver server /etc/kubernetes/pki/apiserver.crt
      apiserver-kubelet-client cluster system:masters/kube-apiserver-kubelet-client client /etc/kubernetes/pki/apiserver-kubelet-client.crt
      apiserver-etcd-client etcd kube-apiserver-etcd-client client /etc/kubernetes/pki/apiserver-etcd-client.crt
      front-proxy-client front-proxy front-proxy-client client /etc/kubernetes/pki/front-proxy-client.crt
      controller-manager cluster system:kube-controller-manager client /etc/kubernetes/pki/controller-manager.crt
      scheduler cluster system:kube-scheduler client /etc/kubernetes/pki/scheduler.crt
      admin cluster system:masters/kubernetes-admin client /etc/kubernetes/pki/admin.crt
      kubelet cluster system:nodes/system:node:10.0.0.1 server /etc/kubernetes/pki/kubelet.crt
      kubelet-client cluster system:nodes/system:node:10.0.0.1 client /etc/kubernetes/pki/kubelet-client.crt
      kube-proxy cluster system:kube-proxy client /etc/kubernetes/pki/kube-proxy.crt
      etcd-server etcd 10.0.0.1 server+client /etc/kubernetes/pki/etcd/server.crt
      etcd-peer etcd 10.0.0.1 server+client /etc/kubernetes/pki/etcd/peer.crt
      etcd-client etcd etcdctl-10.0.0.1 client /etc/kubernetes/pki/etcd/client.crt"
    `);
  });

  test('a worker and a proxy have those of kubelet and kube-proxy', () => {
    const kinds = ['kubelet', 'kubelet-client', 'kube-proxy'];
    expect(wantedCertificates(worker, cluster).map(({kind}) => kind)).toEqual(kinds);
    expect(wantedCertificates(proxy, cluster).map(({kind}) => kind)).toEqual(kinds);
  });

  test('the API server names all by which it is reached: as a service, each master, the proxy, the balancer', () => {
    const {names, addresses} = wantedOf('apiserver');
    expect(names).toEqual([
      ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
      ...['localhost', 'master-1', 'master-2', 'proxy-1', 'api.example.org'],
    ]);
    expect(addresses).toEqual([
      ...['127.0.0.1', '::1', '10.254.0.1', '10.0.0.1', '10.0.0.2', 'fd00::2', '10.0.0.9', '10.0.0.100'],
    ]);
    expect(wantedOf('apiserver', otherMaster).names.toSorted()).toEqual(names.toSorted());
  });

  test('a kubelet names its own machine, an address as node name too', () => {
    expect(wantedOf('kubelet')).toMatchObject({
      commonName: 'system:node:10.0.0.1',
      names: ['master-1'],
      addresses: ['10.0.0.1'],
    });
    expect(wantedOf('kubelet-client')).toMatchObject({names: [], addresses: []});
  });

  test('a host that no certificate can name is refused with it', () => {
    const bad = (host: string) => () => wantedCertificates({...worker, hosts: [host]}, cluster);
    for (const host of ['', 'a b', 'a,DNS:b', '10.0.0.256', 'fe80::1%eth0', '-a', 'a..b', 'é', `${'a'.repeat(64)}`]) {
      expect(bad(host), host).toThrow(JSON.stringify(host));
    }
  });
});

describe('the first address of services', () => {
  test.each([
    ['10.254.0.0/16', ['10.254.0.1']],
    ['10.254.77.13/16', ['10.254.0.1']],
    ['10.0.0.4/30', ['10.0.0.5']],
    ['10.254.0.0/16, fd00:1::/108', ['10.254.0.1', 'fd00:1::1']],
    ['::ffff:0:0/96', ['::ffff:0:1']],
  ])('%s: %s', (range, addresses) => {
    expect(firstServiceAddresses(range)).toEqual(addresses);
  });

  test.each(['', '10.254.0.0', '10.254.0.0/32', '10.254.0.0/', '10.254.0.0/33', 'x/16', 'fd00::/128', '10.0.0.0/-1'])(
    '%j is refused',
    (range) => {
      expect(() => firstServiceAddresses(range)).toThrow('is not a range of service addresses');
    },
  );
});

describe('what lies on a machine', () => {
  const listed = (roles: readonly CertificateRole[]) =>
    filesOnMachine(roles).map(({path, holds, of = '', mode, owner, group}) =>
      `${mode.toString(8)} ${owner}:${group} ${path}: ${holds} ${of}`.trim(),
    );

  test('on a master', () => {
    expect(listed(['master', 'etcd']).join('\n')).toMatchInlineSnapshot(`
      "700 root:root /etc/kubernetes/pki: folder
      700 root:root /etc/kubernetes/pki/etcd: folder
      644 root:root /etc/kubernetes/pki/ca.crt: certificate cluster authority
      600 root:root /etc/kubernetes/pki/ca.key: private key cluster authority
      644 root:root /etc/kubernetes/pki/etcd/ca.crt: certificate etcd authority
      600 root:root /etc/kubernetes/pki/etcd/ca.key: private key etcd authority
      644 root:root /etc/kubernetes/pki/front-proxy-ca.crt: certificate front-proxy authority
      600 root:root /etc/kubernetes/pki/front-proxy-ca.key: private key front-proxy authority
      644 root:root /etc/kubernetes/pki/sa.pub: public key service-account
      600 root:root /etc/kubernetes/pki/sa.key: private key service-account
      644 root:root /etc/kubernetes/pki/apiserver.crt: certificate apiserver
      600 root:root /etc/kubernetes/pki/apiserver.key: private key apiserver
      644 root:root /etc/kubernetes/pki/apiserver-kubelet-client.crt: certificate apiserver-kubelet-client
      600 root:root /etc/kubernetes/pki/apiserver-kubelet-client.key: private key apiserver-kubelet-client
      644 root:root /etc/kubernetes/pki/apiserver-etcd-client.crt: certificate apiserver-etcd-client
      600 root:root /etc/kubernetes/pki/apiserver-etcd-client.key: private key apiserver-etcd-client
      644 root:root /etc/kubernetes/pki/front-proxy-client.crt: certificate front-proxy-client
      600 root:root /etc/kubernetes/pki/front-proxy-client.key: private key front-proxy-client
      644 root:root /etc/kubernetes/pki/controller-manager.crt: certificate controller-manager
      600 root:root /etc/kubernetes/pki/controller-manager.key: private key controller-manager
      644 root:root /etc/kubernetes/pki/scheduler.crt: certificate scheduler
      600 root:root /etc/kubernetes/pki/scheduler.key: private key scheduler
      644 root:root /etc/kubernetes/pki/admin.crt: certificate admin
      600 root:root /etc/kubernetes/pki/admin.key: private key admin
      644 root:root /etc/kubernetes/pki/kubelet.crt: certificate kubelet
      600 root:root /etc/kubernetes/pki/kubelet.key: private key kubelet
      644 root:root /etc/kubernetes/pki/kubelet-client.crt: certificate kubelet-client
      600 root:root /etc/kubernetes/pki/kubelet-client.key: private key kubelet-client
      644 root:root /etc/kubernetes/pki/kube-proxy.crt: certificate kube-proxy
      600 root:root /etc/kubernetes/pki/kube-proxy.key: private key kube-proxy
      644 root:root /etc/kubernetes/pki/etcd/server.crt: certificate etcd-server
      600 root:root /etc/kubernetes/pki/etcd/server.key: private key etcd-server
      644 root:root /etc/kubernetes/pki/etcd/peer.crt: certificate etcd-peer
      600 root:root /etc/kubernetes/pki/etcd/peer.key: private key etcd-peer
      644 root:root /etc/kubernetes/pki/etcd/client.crt: certificate etcd-client
      600 root:root /etc/kubernetes/pki/etcd/client.key: private key etcd-client
      600 root:root /etc/kubernetes/admin.conf: kubeconfig admin
      600 root:root /etc/kubernetes/controller-manager.conf: kubeconfig controller-manager
      600 root:root /etc/kubernetes/scheduler.conf: kubeconfig scheduler
      600 root:root /etc/kubernetes/kubelet.conf: kubeconfig kubelet-client
      600 root:root /etc/kubernetes/kube-proxy.conf: kubeconfig kube-proxy"
    `);
  });

  test('on a worker, no key but its own', () => {
    expect(listed(['worker']).join('\n')).toMatchInlineSnapshot(`
      "700 root:root /etc/kubernetes/pki: folder
      644 root:root /etc/kubernetes/pki/ca.crt: certificate cluster authority
      644 root:root /etc/kubernetes/pki/kubelet.crt: certificate kubelet
      600 root:root /etc/kubernetes/pki/kubelet.key: private key kubelet
      644 root:root /etc/kubernetes/pki/kubelet-client.crt: certificate kubelet-client
      600 root:root /etc/kubernetes/pki/kubelet-client.key: private key kubelet-client
      644 root:root /etc/kubernetes/pki/kube-proxy.crt: certificate kube-proxy
      600 root:root /etc/kubernetes/pki/kube-proxy.key: private key kube-proxy
      600 root:root /etc/kubernetes/kubelet.conf: kubeconfig kubelet-client
      600 root:root /etc/kubernetes/kube-proxy.conf: kubeconfig kube-proxy"
    `);
  });

  test('agrees with the certificates that are wanted, for every set of roles', () => {
    const roles = ['master', 'etcd', 'worker', 'proxy'] as const;
    for (let set = 0; set < 16; set++) {
      const some = roles.filter((_, index) => set & (1 << index));
      const files = filesOnMachine(some);
      const paths = files.map(({path}) => path);
      const wanted = wantedCertificates({...master, roles: some}, cluster);
      for (const {certificateFile, keyFile, authorityFile} of wanted) {
        expect(paths).toEqual(expect.arrayContaining([certificateFile, keyFile, authorityFile]));
      }
      expect(new Set(paths).size).toBe(paths.length);
      for (const {holds, mode} of files) if (holds === 'private key') expect(mode).toBe(0o600);
      const isMaster = some.includes('master');
      expect(paths.includes('/etc/kubernetes/pki/ca.key')).toBe(isMaster);
      expect(paths.includes('/etc/kubernetes/pki/sa.key')).toBe(isMaster);
    }
  });
});
