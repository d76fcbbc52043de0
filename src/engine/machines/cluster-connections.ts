import {join} from 'node:path';
import type {Ssh} from '../machine-tools.ts';
import type {HostKeyBook} from '../remote/host-key-check.ts';
import type {HostKeyReading} from '../remote/host-key-reader.ts';
import type {PinStore} from '../remote/pins.ts';
import {clusterName} from '../state.ts';
import type {Clock} from '../tools.ts';
import {Fleet} from './fleet.ts';

/** What is kept for the machines of one cluster: its connections, and the host keys that count for it. */
export interface ClusterConnections {
  readonly ssh: Ssh;
  readonly fleet: Fleet;
  readonly pins: PinStore;
  readHostKeys(): Promise<HostKeyReading>;
}

/** Makes connections that believe the host keys of a book. */
export type SshFor = (book: HostKeyBook) => Ssh;

export interface AllConnectionsOptions {
  readonly stateHome: string;
  readonly home: string;
  readonly clock: Clock;
  /** Loaded when a machine is first asked. */
  loadSsh(): Promise<SshFor>;
}

/** AllConnections by their state folder, opened when they are first asked for. */
export class AllConnections {
  private readonly options: AllConnectionsOptions;
  private readonly opened = new Map<string, Promise<ClusterConnections>>();

  constructor(options: AllConnectionsOptions) {
    this.options = options;
  }

  /** Of a configuration. */
  async open(config: string): Promise<ClusterConnections> {
    const folder = join(this.options.stateHome, await clusterName(config, config));
    const opening = this.opened.get(folder) ?? this.make(folder);
    this.opened.set(folder, opening);
    try {
      return await opening;
    } catch (error) {
      this.opened.delete(folder);
      throw error;
    }
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.opened.values());
    await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.fleet.closeAll() : undefined)));
  }

  private async make(stateFolder: string): Promise<ClusterConnections> {
    const {home, clock, loadSsh} = this.options;
    const [sshFor, {pinStore}, {hostKeyReader}, {knownHostsPlaces}] = await Promise.all([
      loadSsh(),
      import('./pin-store.ts'),
      import('../remote/host-key-reader.ts'),
      import('../remote/known-hosts-files.ts'),
    ]);
    const pins = pinStore(stateFolder);
    const readHostKeys = hostKeyReader(pins, knownHostsPlaces(home));
    const ssh = await readingFirst(readHostKeys, sshFor);
    return {ssh, fleet: new Fleet({ssh, clock}), pins, readHostKeys};
  }
}

/** What this computer knows of host keys, for machines of no cluster. */
export async function ownHostKeys(home: string): Promise<HostKeyBook> {
  const [{hostKeyBook}, {knownHostsPlaces, knownHostsReader}] = await Promise.all([
    import('../remote/host-key-book.ts'),
    import('../remote/known-hosts-files.ts'),
  ]);
  const {files} = await knownHostsReader(knownHostsPlaces(home))();
  return hostKeyBook([], files);
}

/** What is known of host keys is read anew before each connection: somebody else may have pinned or removed one. */
async function readingFirst(readHostKeys: () => Promise<HostKeyReading>, sshFor: SshFor): Promise<Ssh> {
  let {book} = await readHostKeys();
  const ssh = sshFor({
    check: (...asked) => book.check(...asked),
    preferredTypes: (...asked) => book.preferredTypes(...asked),
    wantsCertificate: (...asked) => book.wantsCertificate?.(...asked) ?? false,
    learn: (...asked) => book.learn?.(...asked),
  });
  const refresh = async () => {
    book = (await readHostKeys()).book;
  };
  return {
    async connect(target, signal) {
      await refresh();
      return ssh.connect(target, signal);
    },
    async hostKeys(target, signal) {
      await refresh();
      return ssh.hostKeys(target, signal);
    },
  };
}
