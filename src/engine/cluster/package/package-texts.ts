/** What goes to a machine beside its package, as texts in which private keys are their names. Pure. */

import {filesOnMachine, type KeptFile} from '../../kube/certificates.ts';
import {effectWords, shellWord} from '../../plan/effect-words.ts';
import {certificateRoles, machineKubeconfigs} from '../certificate-cluster.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {ClusterStep} from '../packages/steps.ts';

/** The scripts in their order, each with what it is given and what it may change. */
export function stepsText(steps: readonly ClusterStep[]): string {
  return steps
    .map(({title, script, args, stdin, does}, index) => {
      const words = [script, ...args].map(shellWord).join(' ');
      return [
        `${index + 1}. ${title}`,
        `   sh ${words}${stdin === undefined ? '' : ` < ${stdinFile(script)}`}   (as root)`,
        ...does.map((effect) => `   - ${effectWords(effect)}`),
        '',
      ].join('\n');
    })
    .join('\n');
}

/** Below the folder that is written. */
export function stdinFile(script: string): string {
  return `stdin/${script.replace(/\.sh$/, '')}.txt`;
}

/**
 * What install-certificates.sh reads. Kubeconfigs are as they are sent; keys, and certificates that are made when they are
 * sent, have a line in their place that says what they are.
 */
export function certificatesText(layout: ClusterLayout, machine: ClusterMachine): string {
  const kubeconfigs = new Map(machineKubeconfigs(layout, machine).map(({path, content}) => [path, content]));
  const files = filesOnMachine(certificateRoles(machine)).filter(({holds}) => holds !== 'folder');
  const parts = files.map((file) => {
    const kubeconfig = kubeconfigs.get(file.path);
    const text = typeof kubeconfig === 'string' ? kubeconfig : `(${wordsFor(file)})\n`;
    return `put ${file.mode.toString(8)} ${file.path}\n${text.replace(/^(?=.)/gm, ' ')}`;
  });
  return `${parts.join('')}end\n`;
}

function wordsFor({holds, of}: KeptFile): string {
  const isKept = of === 'service-account' || of?.endsWith(' authority') === true;
  const whose = of === 'service-account' ? 'for tokens of service accounts' : `of ${of}`;
  return `${holds} ${whose}: ${isKept ? 'that of the masters' : 'made when it is sent, where the one that is there is not good'}`;
}
