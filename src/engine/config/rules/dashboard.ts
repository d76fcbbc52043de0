import {isAtLeast} from '../release.ts';
import {below, mapAt} from '../yaml-access.ts';
import {shortName} from './entries.ts';
import type {Rule} from './types.ts';

/** The one machine with the dashboard of Kubernetes (until v1.0). */
export const dashboard: readonly Rule[] = [
  {
    name: 'one-dashboard',
    severity: 'warning',
    holds: 'Exactly one machine has dashboard: "true" (that none has is an error).',
    find: ({entries, config}) => {
      if (isAtLeast(config.release, 'v1.0')) return [];
      const [first, ...more] = entries.filter(({labels}) => labels.includes('dashboard'));
      return more.map((entry) => ({
        at: below(entry.place, 'dashboard'),
        message: `${entry.name}.dashboard is "true", and ${first && shortName(first)} has the dashboard already.`,
        hint: 'Remove the key there: one machine runs the dashboard.',
      }));
    },
  },
  {
    name: 'last-dashboard-key',
    severity: 'notice',
    holds:
      'No machine after the one with the dashboard has the key dashboard at all (before v0.9, whose tools take the last one for the dashboard, whatever its value).',
    find: ({entries, config}) => {
      if (isAtLeast(config.release, 'v0.9')) return [];
      const withKey = entries.filter(({place}) => mapAt(place).has('dashboard'));
      const last = withKey.at(-1);
      const marked = withKey.filter(({labels}) => labels.includes('dashboard'));
      if (!last || marked.length !== 1 || marked[0] === last) return [];
      const message = `${last.name} has the key dashboard as the last, so templates take its address for the dashboard, though ${marked[0] && shortName(marked[0])} runs it.`;
      return [{at: below(last.place, 'dashboard'), message, hint: 'Remove the key where its value is not "true".'}];
    },
  },
];
