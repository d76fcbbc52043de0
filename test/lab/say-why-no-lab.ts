// Prints why no lab can be brought up where it runs, or nothing, as tests are told: for tests of that in other surroundings.
import {tellObstacle, whyNoLab} from './obstacles.ts';

console.log(tellObstacle('Tests', whyNoLab()) ?? '');
