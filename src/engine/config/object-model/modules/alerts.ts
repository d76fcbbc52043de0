/** alert-manager of v1.0 and later: what it can do follows from what it is given (behaviour 3.7). */

import type {Value, ValueMap} from '../../context-values.ts';
import {map, optional} from '../../shape.ts';
import {wholeNumber} from '../../shape-scalars.ts';
import {inner, mapIn} from '../assign.ts';
import type {ModuleInput, ServiceModule} from './types.ts';

export const laterAlerts: ServiceModule = {
  name: 'alert-manager',
  since: 'v1.0',
  defaults: {
    port: 9093n,
    'use-pylon': false,
    'repeat-interval': '24h',
    'actions-available': ['webportal-notification', 'cordon-nodes', 'fix-nvidia-gpu-low-perf'],
    'alert-handler': {'log-level': 'info', port: 9095n},
    'cert-expiration-checker': {
      schedule: '0 0 * * *',
      'alert-residual-days': 30n,
      'cert-path': '/etc/kubernetes/ssl',
    },
  },
  merge: 'deep',
  derives: {host: '{master}', url: 'http://{master}:{port}'},
  run: addAlerts,
  shape: map({
    port: optional(wholeNumber(1, 65535)),
    'alert-handler': optional(map({port: optional(wholeNumber(1, 65535))})),
    'cert-expiration-checker': optional(map({'alert-residual-days': optional(wholeNumber(0))})),
  }),
};

function addAlerts({own, assign, treeFolders}: ModuleInput): void {
  const handler = inner(own, 'alert-handler');
  // The token stood in the handler's section at first.
  const hasToken = isGiven(own.get('pai-bearer-token')) || isGiven(handler.get('pai-bearer-token'));
  const hasMail = mail.every((key) => isGiven(mapIn(handler, 'email-configs').get(key)));
  const written = own.get('actions-available');
  const more = [
    ...(hasMail ? ['email-admin'] : []),
    ...(hasMail && hasToken ? ['email-user'] : []),
    ...(hasToken ? ['stop-jobs', 'tag-jobs'] : []),
  ];
  const actions: Value[] = [...(Array.isArray(written) ? written : []), ...more];
  assign.derived(own, 'actions-available', actions, 'email-configs and pai-bearer-token');
  assign.derived(handler, 'configured', true, 'v1.0 and later');
  if (hasMail) {
    const templates = [...(treeFolders ?? [])];
    assign.derived(mapIn(handler, 'email-configs'), 'templates', templates, 'deploy/alert-templates of the tree');
  }
  const isScheduled = isGiven(mapIn(own, 'cluster-utilization').get('schedule'));
  assign.derived(
    inner(own, 'cluster-utilization'),
    'configured',
    isScheduled && hasToken,
    'schedule and pai-bearer-token',
  );
  const notification: ValueMap = inner(own, 'job-status-change-notification');
  assign.derived(notification, 'configured', notification.get('enable') === true, 'enable');
}

const mail = ['admin-receiver', 'smtp-host', 'smtp-port', 'smtp-from', 'smtp-auth-username', 'smtp-auth-password'];

function isGiven(value: Value | undefined): boolean {
  return value !== undefined && value !== null;
}
