import type {Located} from './locate.ts';
import type {Place} from './refusal.ts';
import type {Layout} from './write-value.ts';

/** What every edit works with. */
export interface EditContext extends Located {
  readonly place: Place;
  readonly text: string;
  readonly layout: Layout;
}
