/** A runner as the program starts it, straight from the sources. */
import {fileURLToPath} from 'node:url';
import {serveRunner} from '../../src/engine/runner-main.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('The folder of the run is missing.');
const assets = fileURLToPath(new URL('../../assets', import.meta.url));
process.exit(await serveRunner(folder, {environment: {...process.env}, programVersion: '0.0.0-test', assets}));
