/** What was probed, as a machine list needs it. */

import {displayText} from '../../names.ts';
import type {Problem} from '../../problem.ts';
import type {ProbedSku, ProbeReport} from '../types.ts';

export interface ProbedMachines {
  /** In the order of the addresses. */
  readonly machines: readonly {readonly address: string; readonly hostName: string; readonly sku?: string}[];
  /** Each once, sorted by name; with as much memory as the smallest machine of it has. */
  readonly skus: readonly ProbedSku[];
  /** What should be looked at first: one machine under two addresses, two machines of one name, GPUs that are not driven. */
  readonly problems: readonly Problem[];
}

/** The machines that told their facts. One that was reached under several addresses is there once, under the first. */
export function probedMachines(reports: readonly ProbeReport[]): ProbedMachines {
  const problems: Problem[] = [];
  const byId = new Map<string, string>();
  const byName = new Map<string, string>();
  const skus = new Map<string, ProbedSku>();
  const machines = reports.flatMap(({address, facts, sku}) => {
    if (!facts) return [];
    const {machineId, hostName} = facts;
    const same = machineId === undefined ? undefined : byId.get(machineId);
    const named = byName.get(hostName);
    // Machines that were made of one image may have one id; with another name it is another machine.
    if (same !== undefined && named === same) {
      problems.push(
        warning(address, `${displayText(address)} is the same machine as ${displayText(same)}.`, 'It is listed once.'),
      );
      return [];
    }
    if (named !== undefined && hostName !== '') {
      const message = `${displayText(address)} and ${displayText(named)} are both called ${displayText(hostName)}.`;
      problems.push(
        warning(address, message, 'Give each a host name of its own before Kubernetes is started on them.'),
      );
    }
    if (machineId !== undefined && !byId.has(machineId)) byId.set(machineId, address);
    if (!byName.has(hostName)) byName.set(hostName, address);
    const idle = facts.gpus.filter(({driven}) => !driven).length;
    if (idle > 0) {
      const message = `${idle} of ${facts.gpus.length} GPUs of ${displayText(address)} ${idle === 1 ? 'is' : 'are'} on the bus and not driven.`;
      problems.push(warning(address, message, 'Look at nvidia-smi and dmesg there; its sku counts them.'));
    }
    if (sku) skus.set(sku.name, smaller(skus.get(sku.name), sku));
    return [{address, hostName, ...(sku ? {sku: sku.name} : {})}];
  });
  return {machines, skus: [...skus.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), problems};
}

function smaller(known: ProbedSku | undefined, sku: ProbedSku): ProbedSku {
  return known && known.memoryGib <= sku.memoryGib ? known : sku;
}

function warning(machine: string, message: string, hint: string): Problem {
  return {code: 'config-invalid', severity: 'warning', message, hint, machine};
}
