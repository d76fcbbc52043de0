/** The single values of configurations: what each may be, and what to write instead. */

import {displayText, nearestNames} from '../names.ts';
import type {Flaw, ScalarShape} from './shape.ts';

const scalar = (rule?: ScalarShape['rule']): ScalarShape => (rule ? {kind: 'scalar', rule} : {kind: 'scalar'});

/** Any single value. */
export const text = scalar();

export const path = scalar((_, written) =>
  written.startsWith('/') ? undefined : flaw(written, 'a path of a machine begins with /', 'Write the whole path.'),
);

/** Of a repository. */
export const gitUrl = scalar((_, written) =>
  /:\/\/[^/@\s]*:[^/@\s]+@/.test(written)
    ? {
        message: 'holds a password, which git would show to everybody on this computer',
        hint: 'Take it out of the URL and let a credential helper of git know it.',
        severity: 'warning',
      }
    : undefined,
);

/** A folder of something that it may not lead out of. */
export const folderBelow = scalar((_, written) =>
  written.startsWith('/') || written.split('/').includes('..')
    ? flaw(written, 'it must stay inside', 'Write it without / at its start and without ..')
    : undefined,
);

export const port = scalar((_, written) =>
  /^\d{1,5}$/.test(written) && Number(written) >= 1 && Number(written) <= 65535
    ? undefined
    : flaw(written, 'a port is a whole number from 1 to 65535', 'Write only the number of the port.'),
);

/** Used in commands, file names and URLs. */
export const hostName = scalar((_, written) =>
  isHostName(written)
    ? undefined
    : flaw(written, 'a host name is letters, digits, . and -', 'Write what `hostname` prints on the machine.'),
);

export const ipv4 = scalar((_, written) =>
  isIpv4(written)
    ? undefined
    : flaw(
        written,
        'an IPv4 address is four numbers up to 255',
        'Write its address: four numbers with dots between them.',
      ),
);

/** A host name is allowed, but templates write it where some programs want an address (behaviour 11.4.11). */
export const address = scalar((_, written) => {
  if (isIpv4(written)) return undefined;
  if (isHostName(written) && !/^[\d.]+$/.test(written)) {
    return {...flaw(written, 'templates use it as an address', 'Write its IPv4 address.'), severity: 'warning'};
  }
  return flaw(
    written,
    'an IPv4 address is four numbers up to 255',
    'Write its address: four numbers with dots between them.',
  );
});

export const cidr = scalar((_, written) => {
  const [, network = '', bits = ''] = /^(.*)\/(\d{1,2})$/.exec(written) ?? [];
  return isIpv4(network) && Number(bits) <= 32
    ? undefined
    : flaw(written, 'an address range is an IPv4 address, / and a number up to 32', 'Write it as 10.254.0.0/16');
});

export const url = scalar((_, written) =>
  /^https?:\/\/[^\s/:]+(?::\d{1,5})?(?:\/\S*)?$/.test(written)
    ? undefined
    : flaw(written, 'a URL begins with http:// or https:// and a host', 'Write it as http://10.0.0.1:8080'),
);

/** Compared with the text "true" by the original tools, for which a YAML boolean is no "true" (behaviour 2.0). */
export const flag = scalar((value, written) => {
  if (typeof value !== 'boolean') return undefined;
  return {
    message: `is the YAML boolean ${written}, and only the text "true" counts`,
    hint: `Write "${value}", with the quotes.`,
    severity: 'warning',
  };
});

/** The same where nothing but "true" and "false" is allowed. */
export const strictFlag = scalar((value, written) => {
  if (typeof value === 'boolean') return flag.rule?.(value, written);
  return oneOf('true', 'false').rule?.(value, written);
});

/** An amount of memory as Kubernetes writes it. */
export const quantity = scalar((value, written) => {
  if (typeof value === 'bigint') {
    return {
      ...flaw(written, 'an amount of memory has a unit', `Write "${written}Gi" if that is meant.`),
      severity: 'warning',
    };
  }
  return /^\d+(?:\.\d+)?(?:[KMGTP]i?)?$/.test(written)
    ? undefined
    : flaw(written, 'an amount of memory is a number and a unit', 'Write it as 224Gi');
});

/** As Kubernetes names machines (DNS-1123). */
export const nodeName = scalar((_, written) => {
  if (written.length <= 253 && written.split('.').every((part) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(part))) {
    return undefined;
  }
  const instead = written
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return flaw(
    written,
    'Kubernetes wants lower case letters, digits, . and - for a name',
    `Write ${instead || 'node-1'}`,
  );
});

/** The YAML booleans themselves. */
export const truth = scalar((value, written) =>
  typeof value === 'boolean'
    ? undefined
    : flaw(written, 'it must be true or false', 'Write true or false, without quotes.'),
);

export const wholeNumber = (least = 0, most?: number): ScalarShape =>
  scalar((value, written) => {
    const isFit = typeof value === 'bigint' && value >= least && (most === undefined || value <= most);
    const bounds = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
    return isFit ? undefined : flaw(written, `it must be a whole number ${bounds}`, 'Write a number, without quotes.');
  });

/** A whole number or one with a point. */
export const amount = scalar((value, written) =>
  typeof value === 'bigint' || typeof value === 'number'
    ? undefined
    : flaw(written, 'it must be a number', 'Write a number, without quotes.'),
);

export const oneOf = (...allowed: readonly string[]): ScalarShape =>
  scalar((_, written) => {
    if (allowed.includes(written)) return undefined;
    const near = nearestNames(written, allowed);
    const instead = near.length === 1 ? near : allowed;
    return flaw(written, `it must be ${allowed.join(' or ')}`, `Write ${instead.join(' or ')}`);
  });

/** A value outside of the list is left alone by the tools, so only what looks like a slip is an error. */
export const rather = (allowed: readonly string[], consequence: string): ScalarShape =>
  scalar((_, written) => {
    if (allowed.includes(written)) return undefined;
    const [nearest] = nearestNames(written, allowed, 1);
    if (nearest !== undefined) return flaw(written, `known are ${allowed.join(', ')}`, `Write ${nearest}`);
    return {...flaw(written, consequence, `Write ${allowed.join(', ')}.`), severity: 'warning'};
  });

function isIpv4(written: string): boolean {
  const parts = written.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isHostName(written: string): boolean {
  return written.length <= 253 && /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(written);
}

function flaw(written: string, but: string, hint: string): Flaw {
  return {message: `is "${displayText(written).slice(0, 100)}", but ${but}`, hint};
}
