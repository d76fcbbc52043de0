/** What a machine is sent for one job. */

export interface Package {
  /** As the configuration calls the machine. */
  readonly machine: string;
  /** Also the folder that everything lies in. */
  readonly job: string;
  /** Sorted by path. */
  readonly files: readonly PackageFile[];
  /** SHA-256 of all paths, modes and digests; of what is secret only that it is there. */
  readonly digest: string;
}

export interface PackageFile {
  /** Below the job's folder. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** SHA-256, hexadecimal; 'secret' where the content holds a secret, which a digest would let be guessed. */
  readonly digest: string;
  /** Where the job installs it on the machine, absolute; absent: nowhere. */
  readonly installed?: string;
  /**
   * The content, byte for byte as it was when the package was built. Throws `plan-changed` where a file of the tree is
   * no longer so. Never to be shown.
   */
  read(): Promise<Uint8Array>;
}
