// `npm run lab:prepare`: makes what labs of a Kubernetes cluster need and what takes minutes, once on a computer, and
// says why where it cannot be.
import {isBuilt, kubernetesFolder, kubernetesVersion, lastWords} from './kubernetes/binaries.ts';
import {startBuild, whyNotToBuild} from './kubernetes/build.ts';
import {clusterImages} from './kubernetes/images.ts';
import {whyNoKubernetesLab} from './kubernetes/kubernetes-lab.ts';

if (await build()) await makeImages();

async function build(): Promise<boolean> {
  const folder = kubernetesFolder();
  if (isBuilt()) {
    console.log(`Kubernetes ${kubernetesVersion} is there: ${folder}`);
    return true;
  }
  const obstacle = whyNotToBuild();
  if (obstacle) {
    console.log(`Kubernetes ${kubernetesVersion} is not built: ${obstacle}.`);
    return false;
  }
  console.log(`Building Kubernetes ${kubernetesVersion}, some ten minutes; ${folder}.log tells how far it is …`);
  const child = await startBuild();
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  if (isBuilt()) {
    console.log(`It is built: ${folder}`);
    return true;
  }
  console.error(`It was not built. ${lastWords(folder)}`);
  process.exitCode = 1;
  return false;
}

async function makeImages(): Promise<void> {
  const obstacle = whyNoKubernetesLab();
  if (obstacle) {
    console.log(`Its images are not made: ${obstacle}.`);
    return;
  }
  console.log(`Its images are there: ${(await clusterImages()).dockerRoot}`);
}
