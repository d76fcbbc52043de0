// Prints why no lab can be brought up where it runs, or nothing: for tests of the answer in other surroundings.
import {whyNoLab} from './obstacles.ts';

console.log(whyNoLab() ?? '');
