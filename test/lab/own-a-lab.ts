// Starts a lab of one host, says so, and stays: for tests of what becomes of a lab whose owner is killed.
import {startLab} from './lab.ts';

const lab = await startLab({hosts: 1});
console.log(lab.hosts[0]?.address);
process.stdin.resume();
