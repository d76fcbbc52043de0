import {join} from 'node:path';
import {
  authorityFiles,
  issueCertificate,
  makeAuthority,
  pkiFolder,
  wantedCertificates,
} from '../../src/engine/kube/certificates.ts';
import {execute} from '../lab/execute.ts';
import {etcdPrograms, type OtherEtcd, otherEtcds} from '../lab/kubernetes/etcd-versions.ts';
import type {KubernetesLab} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';

/** How a cluster of etcd is brought up; plain: as old trees do it, with port 4001. */
export interface EtcdKind {
  readonly version: string;
  readonly tls: boolean;
}

/** A cluster of etcd in containers of hosts, called as a kubelet calls them, one after the other in several versions. */
export class EtcdMasters {
  readonly hosts: readonly Host[];
  readonly #lab: KubernetesLab;
  #kind: EtcdKind;
  #started = 0;

  constructor(lab: KubernetesLab) {
    this.#lab = lab;
    this.hosts = lab.hosts;
    this.#kind = {version: lab.images.versions.etcd, tls: true};
  }

  /** The image of each version on every host, and certificates. */
  async prepare(): Promise<void> {
    const now = new Date();
    const authority = await makeAuthority('etcd', {now});
    const cluster = {machines: [], apiHosts: [], serviceRange: '10.254.0.0/16', serviceDomain: 'cluster.local'};
    for (const {sh, name, address, root} of this.hosts) {
      const put = (path: string, text: string) => sh(`mkdir -p "$(dirname ${path})"; umask 077; cat > ${path}`, text);
      await put(authorityFiles.etcd.certificate, authority.certificate);
      for (const wanted of wantedCertificates({nodeName: name, hosts: [name, address], roles: ['etcd']}, cluster)) {
        const {certificate, key} = await issueCertificate(authority, wanted, {now});
        await put(wanted.certificateFile, certificate);
        await put(wanted.keyFile, key.reveal());
      }
      for (const version of otherEtcds) await this.#makeImage({sh, root}, version);
    }
  }

  async #makeImage({sh, root}: Pick<Host, 'sh' | 'root'>, version: OtherEtcd): Promise<void> {
    const [ours, other] = [this.#image(), this.#image(version)];
    const programs = await etcdPrograms(version);
    await execute('cp', ['-r', programs, join(root, `var/tmp/${version}`)]);
    // Those of older releases are linked with libraries that ours needs no more.
    const libraries = (await execute('ldd', [join(programs, 'etcd')])).match(/\/lib\/\S+/g) ?? [];
    await sh(`cd /var/tmp/${version}
      id=$(docker create ${ours} etcd)
      for program in *; do docker cp "$program" "$id:/usr/bin/$program"; done
      for library in ${libraries.join(' ')}; do docker cp --follow-link "$library" "$id:/usr$library"; done
      docker commit "$id" ${other}; docker rm "$id"; rm -r /var/tmp/${version}`);
  }

  #image(version = this.#lab.images.versions.etcd): string {
    return `${this.#lab.images.registry}/etcd:${version}`;
  }

  /** An empty cluster in the place of the one before; resolves when it takes writes. */
  async startAnew(kind: EtcdKind): Promise<void> {
    for (const {sh} of this.hosts) {
      await sh('docker ps --all --quiet --filter name=etcd | xargs -r docker rm --force > /dev/null; rm -rf /var/etcd');
    }
    this.#kind = kind;
    for (const host of this.hosts) await this.start(host);
    const [first] = this.hosts;
    if (!first) throw new Error('no host');
    for (const deadline = Date.now() + 60_000; ; ) {
      const said = await this.ctl(first, 'put begun yes').catch(String);
      if (said.includes('OK')) return;
      if (Date.now() > deadline) throw new Error(said);
    }
  }

  /** The member of a host, with the data it has. */
  async start({sh, name, address}: Host): Promise<void> {
    const {version, tls} = this.#kind;
    const scheme = tls ? 'https' : 'http';
    const port = tls ? 2379 : 4001;
    const pki = `${pkiFolder}/etcd`;
    const cluster = this.hosts.map((host, index) => `etcd${index + 1}=${scheme}://${host.address}:2380`).join(',');
    const words = [
      ...[`--name=etcd${name.slice(-1)}`, '--data-dir=/var/etcd/data', `--initial-cluster=${cluster}`],
      ...[`--initial-advertise-peer-urls=${scheme}://${address}:2380`, `--listen-peer-urls=${scheme}://0.0.0.0:2380`],
      ...[`--listen-client-urls=${scheme}://0.0.0.0:${port}`, `--advertise-client-urls=${scheme}://${address}:${port}`],
      ...(tls
        ? [
            ...[`--trusted-ca-file=${pki}/ca.crt`, `--cert-file=${pki}/server.crt`, `--key-file=${pki}/server.key`],
            ...[`--peer-trusted-ca-file=${pki}/ca.crt`, `--peer-cert-file=${pki}/peer.crt`],
            ...[`--peer-key-file=${pki}/peer.key`, '--client-cert-auth', '--peer-client-cert-auth'],
          ]
        : []),
    ];
    await sh(`mkdir -p -m 700 /var/etcd
      docker run --detach --network=host --name k8s_etcd_etcd-${name}_kube-system_4f1c_${this.#started++} \
        --volume /var/etcd:/var/etcd --volume ${pki}:${pki}:ro ${this.#image(version)} etcd ${words.join(' ')}`);
  }

  /** etcdctl of its version in the container of a host, as a line of a shell. */
  ctl({sh}: Host, words: string): Promise<string> {
    const {tls} = this.#kind;
    const pki = `${pkiFolder}/etcd`;
    const flags = tls
      ? `--endpoints=https://127.0.0.1:2379 --cacert=${pki}/ca.crt --cert=${pki}/client.crt --key=${pki}/client.key`
      : '--endpoints=http://127.0.0.1:4001';
    const script = `ctl() { ETCDCTL_API=3 etcdctl --command-timeout=30s ${flags} "$@"; }\nctl ${words}\n`;
    return sh('docker exec --interactive "$(docker ps --quiet --filter name=k8s_etcd)" sh', script);
  }

  /** Writes so many keys with 1.3 MB each, k1 and on. */
  async fill(host: Host, keys: number): Promise<void> {
    await this.ctl(
      host,
      `version > /dev/null; i=0; while [ $i -lt ${keys} ]; do i=$((i + 1)); head -c 1000000 /dev/urandom | base64 | ctl put k$i > /dev/null || exit 1; done`,
    );
  }

  /** The hash of all keys at a revision, by the member of a host. */
  async hashAt(host: Host, revision: number): Promise<string> {
    return /"hash":(\d+)/.exec(await this.ctl(host, `endpoint hashkv --rev=${revision} -w json`))?.[1] ?? 'none';
  }

  /** A file of this computer restored by the tool of that version on a host, and what `hashAt` is of what came to be. */
  async hashOfRestored({sh, root}: Host, file: string, revision: number): Promise<string> {
    await execute('cp', [file, join(root, 'var/tmp/restore.db')]);
    const tool = this.#kind.version === '3.5.16' ? 'etcdutl' : 'etcdctl';
    const said = await sh(`image=${this.#image(this.#kind.version)}
      docker run --rm --volume /var/tmp:/var/tmp --env ETCDCTL_API=3 $image \
        ${tool} snapshot restore /var/tmp/restore.db --data-dir /var/tmp/restored > /var/tmp/restore.log 2>&1 || { cat /var/tmp/restore.log >&2; exit 1; }
      id=$(docker run --detach --network=host --volume /var/tmp:/var/tmp $image etcd --data-dir /var/tmp/restored \
        --listen-client-urls=http://127.0.0.1:22379 --advertise-client-urls=http://127.0.0.1:22379 --listen-peer-urls=http://127.0.0.1:22380)
      ask() { docker exec --env ETCDCTL_API=3 --env ETCDCTL_ENDPOINTS=http://127.0.0.1:22379 "$id" etcdctl "$@"; }
      tries=0
      until ask endpoint health > /dev/null 2>&1 || [ $tries -gt 60 ]; do tries=$((tries + 1)); sleep 0.5; done
      ask endpoint hashkv --rev=${revision} -w json
      docker rm --force "$id" > /dev/null; rm -rf /var/tmp/restore*`);
    return /"hash":(\d+)/.exec(said)?.[1] ?? said;
  }
}
