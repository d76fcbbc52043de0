import {isAtLeast} from '../release.ts';
import {below, mapAt, type Place} from '../yaml-access.ts';
import type {Finding, Rule} from './types.ts';

/** Settings that are of use only together. */
export const alerting: readonly Rule[] = [
  {
    name: 'whole-alerting',
    severity: 'warning',
    holds:
      'prometheus.alerting has all of its keys where it is there at all (v0.7 and v0.8: the section switches alerting on).',
    find: ({config}) => {
      const {place, format} = config.services;
      if (!place || format !== 'old' || !isAtLeast(config.release, 'v0.7') || isAtLeast(config.release, 'v0.9'))
        return [];
      const keys = [
        'alert_manager_port',
        'alert_receiver',
        'smtp_url',
        'smtp_from',
        'smtp_auth_username',
        'smtp_auth_password',
      ];
      return parts(below(place, 'prometheus', 'alerting'), keys, (missing) => ({
        message: `prometheus.alerting switches alerting on and has no ${missing}.`,
        hint: `Write ${missing}, or remove the section.`,
      }));
    },
  },
  {
    name: 'whole-mail-of-alerts',
    severity: 'warning',
    holds:
      'alert-manager has all of receiver, smtp_url, smtp_from, smtp_auth_username and smtp_auth_password, or none (v0.9 to v0.17).',
    find: ({config}) => {
      const {place, format} = config.services;
      if (!place || format !== 'new' || isAtLeast(config.release, 'v1.0')) return [];
      const keys = ['receiver', 'smtp_url', 'smtp_from', 'smtp_auth_username', 'smtp_auth_password'];
      return parts(below(place, 'alert-manager'), keys, (missing) => ({
        message: `alert-manager has no ${missing}, so it sends no mail at all.`,
        hint: `Write ${missing}, or remove the other settings of mail.`,
      }));
    },
  },
  {
    name: 'whole-key-of-watchdog',
    severity: 'warning',
    holds: 'prometheus has both ssh-keyfile-path and ssh-secret-name, or neither (v0.8).',
    find: ({config}) => {
      const {place, format} = config.services;
      if (!place || format !== 'old') return [];
      return parts(below(place, 'prometheus'), ['ssh-keyfile-path', 'ssh-secret-name'], (missing) => ({
        message: `prometheus has no ${missing} beside the other of the two, and the secret with the key is made of both.`,
        hint: `Write ${missing}, or remove the other.`,
      }));
    },
  },
];

/** A finding when some of the keys are there and some are not. */
function parts(
  place: Place,
  keys: readonly string[],
  say: (missing: string) => Omit<Finding, 'at'>,
): readonly Finding[] {
  const section = mapAt(place);
  const missing = keys.filter((key) => (section.get(key) ?? null) === null);
  if (missing.length === 0 || missing.length === keys.length) return [];
  return [{at: place, ...say(missing.join(' and no '))}];
}
