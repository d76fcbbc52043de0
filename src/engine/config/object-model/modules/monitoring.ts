import {map, optional} from '../../shape.ts';
import {oneOf, text, wholeNumber} from '../../shape-scalars.ts';
import type {ModuleInput, ServiceModule} from './types.ts';

/** The tools ask for a whole number, so a quoted one is refused. */
const portNumber = wholeNumber(1, 65535);

export const monitoringModules: readonly ServiceModule[] = [
  {
    name: 'alert-manager',
    defaults: {port: 9093n, 'use-pylon': false, 'repeat-interval': '24h'},
    merge: 'shallow',
    run: addMail,
    derives: {host: '{master}', url: 'http://{master}:{port}'},
    shape: map({
      port: optional(portNumber),
      receiver: optional(text),
      smtp_url: optional(text),
      smtp_from: optional(text),
    }),
  },
  {
    name: 'cleaner',
    defaults: {threshold: 90n, interval: 60n},
    merge: 'shallow',
    shape: map({threshold: optional(wholeNumber(0, 100)), interval: optional(wholeNumber(0))}),
  },
  {
    name: 'grafana',
    defaults: {port: 3000n},
    merge: 'shallow',
    derives: {url: 'http://{master}:{port}'},
    shape: map({port: optional(portNumber)}),
  },
  // The document of exit codes is long, and every tree has its own.
  {name: 'job-exit-spec', merge: 'shallow'},
  {
    name: 'job-exporter',
    defaults: {port: 9102n, 'logging-level': 'INFO', interface: 'eth0,eno2'},
    merge: 'shallow',
    shape: map({port: optional(portNumber), 'logging-level': optional(oneOf('DEBUG', 'INFO', 'WARNING'))}),
  },
  {name: 'node-exporter', defaults: {port: 9100n}, merge: 'shallow', shape: map({port: optional(portNumber)})},
  {
    name: 'prometheus',
    defaults: {port: 9091n, scrape_interval: 30n},
    merge: 'shallow',
    derives: {url: 'http://{master}:{port}'},
    shape: map({port: optional(portNumber), scrape_interval: optional(wholeNumber(1))}),
  },
];

const mail = ['receiver', 'smtp_url', 'smtp_from', 'smtp_auth_username', 'smtp_auth_password'];

function addMail({own, assign}: ModuleInput): void {
  const isWhole = mail.every((key) => (own.get(key) ?? null) !== null);
  assign.derived(own, 'configured', isWhole, mail.join(', '));
}
