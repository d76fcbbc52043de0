import {createClock} from '../../src/engine/clock.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {bookOf, startSshMachine} from '../helpers/ssh-machine.ts';
import {remoteContract} from './contract.ts';

remoteContract('a machine in this process', async () => {
  const machine = await startSshMachine();
  const ssh = createSsh({hostKeys: bookOf(...machine.hostKeys), clock: createClock()});
  return {ssh, target: machine.target, close: () => machine.close()};
});
