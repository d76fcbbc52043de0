/** Files with keys in them go to a machine as the stdin of install-certificates.sh, and lie nowhere else on their way. */

import {Secret} from '../../secret.ts';

export interface CertificateInput {
  /** Below /etc/kubernetes. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** Lines of text. */
  readonly content: string | Secret;
}

/** What the script reads. Throws for a path that it would refuse. */
export function certificateInput(files: readonly CertificateInput[]): Secret {
  const parts = files.map(({path, mode, content}) => {
    if (!/^\/etc\/kubernetes\/[\w./-]+$/.test(path) || path.includes('..'))
      throw new Error(`no path for keys: ${path}`);
    const text = typeof content === 'string' ? content : content.reveal();
    const lines = text.replace(/\n$/, '').split('\n');
    return `put ${mode.toString(8)} ${path}\n${lines.map((line) => ` ${line}\n`).join('')}`;
  });
  return new Secret(`${parts.join('')}end\n`);
}
