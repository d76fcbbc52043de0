import {resolve} from 'node:path';
import {exitCodeOf, ProblemError, problemOf, shellWord} from '../engine/index.ts';
import {clusterCertificates} from './cluster-certificates.ts';
import {checkCluster} from './cluster-check.ts';
import {bootCluster, cleanCluster, installKubectl, mendEtcd} from './cluster-commands.ts';
import {clusterEtcd} from './cluster-etcd.ts';
import {writeClusterPackage} from './cluster-package.ts';
import {showClusterStatus} from './cluster-status.ts';
import {completionScript, type Shell} from './completion.ts';
import {namesWord} from './completion-words.ts';
import {checkConfig, showConfig} from './config-commands.ts';
import {generateConfig} from './config-generate.ts';
import type {Context} from './context.ts';
import type {Options} from './flags.ts';
import {helpText} from './help.ts';
import {changeImages, imageStatus, listImages} from './image-commands.ts';
import {showInfo} from './info.ts';
import {addMachines, removeMachines} from './machine-changes.ts';
import {askMachines, closingMachines} from './machine-commands.ts';
import {tellNames} from './names.ts';
import type {Rewritten} from './old-spellings.ts';
import {type Output, openOutput} from './output.ts';
import {type Asked, type Invocation, parse} from './parse.ts';
import {plainLine} from './plain.ts';
import {attachRun, cancelRun, exportRun, repeatRun, resumeRun} from './run-commands.ts';
import {showRuns} from './run-list.ts';
import {showRun} from './run-show.ts';
import {openApp} from './screens.ts';
import {renderTemplate} from './template-commands.ts';
import type {World} from './world.ts';

/** The exit code for a mistake of ours (EX_SOFTWARE of sysexits). */
const bugExit = 70;

/** Carries out what the arguments after the program's name ask for. Resolves to the exit code; never throws. */
export async function commandLine(argv: readonly string[], world: World): Promise<number> {
  // Words behind -- are for others.
  const own = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  const output = openOutput(world, {json: own.includes('--json'), noColor: own.includes('--no-color')});
  try {
    const code =
      argv[0] === namesWord ? await tellNames(argv.slice(1), world, output) : await answer(parse(argv), world, output);
    await output.finish();
    return code;
  } catch (error) {
    const problem = problemOf(error);
    if (output.json) output.data({problem});
    output.problem(problem);
    return error instanceof ProblemError ? exitCodeOf(problem) : bugExit;
  }
}

async function answer(asked: Asked, world: World, output: Output): Promise<number> {
  switch (asked.kind) {
    case 'version':
      output.print(`pai-tui ${world.version}`);
      return 0;
    case 'help':
      output.print(helpText(asked.about));
      return 0;
    case 'app':
      return openApp(asked.options, world, output);
    case 'commands':
      if (asked.old) output.say(plainLine(oldSpellingNotice(asked.old, world)));
      for (const invocation of asked.invocations) {
        const code = await carryOutOne(invocation, asked.old?.treeIsHere ?? false, world, output);
        if (code !== 0) return code;
      }
      return 0;
  }
}

async function carryOutOne(
  {command, names, rest, options}: Invocation,
  treeIsHere: boolean,
  world: World,
  output: Output,
): Promise<number> {
  if (command.name === 'completion') {
    // The table of commands lets no other word through.
    output.print(completionScript(names[0] as Shell));
    return 0;
  }
  const engine = await world.openEngine(stateHome(options, world));
  const context: Context = {engine, world, output, options, names, rest, name: names[0] ?? '', treeIsHere};
  switch (command.name) {
    case 'image list':
      return listImages(context, 'list');
    case 'image graph':
      return listImages(context, 'graph');
    case 'image status':
      return imageStatus(context);
    case 'image build':
      return changeImages(context, 'build');
    case 'image push':
      return changeImages(context, 'push');
    case 'config check':
      return checkConfig(context);
    case 'config show':
      return showConfig(context);
    case 'config generate':
      return generateConfig(context);
    case 'template render':
      return renderTemplate(context);
    case 'cluster check':
      return closingMachines(context, checkCluster);
    case 'cluster k8s-bootup':
      return closingMachines(context, bootCluster);
    case 'cluster install-kubectl':
      return closingMachines(context, installKubectl);
    case 'cluster k8s-clean':
      return closingMachines(context, cleanCluster);
    case 'cluster status':
      return closingMachines(context, showClusterStatus);
    case 'cluster certificates':
      return closingMachines(context, clusterCertificates);
    case 'cluster etcd':
      return closingMachines(context, clusterEtcd);
    case 'cluster package':
      return closingMachines(context, writeClusterPackage);
    case 'machine add':
      return closingMachines(context, addMachines);
    case 'machine remove':
      return closingMachines(context, removeMachines);
    case 'machine list':
    case 'machine facts':
    case 'machine trust':
    case 'machine run':
    case 'machine shell':
    case 'machine logs':
      return askMachines(command.name, context);
    case 'machine etcdfix':
      return closingMachines(context, mendEtcd);
    case 'run list':
      showRuns(await engine.runs.list(), output);
      return 0;
    case 'run show':
      showRun(await engine.runs.show(context.name), engine, output);
      return 0;
    case 'run attach':
      return attachRun(context);
    case 'run resume':
      return closingMachines(context, resumeRun);
    case 'run repeat':
      return closingMachines(context, repeatRun);
    case 'run cancel':
      return cancelRun(context);
    case 'run export':
      return exportRun(context);
    case 'info':
      await showInfo(context);
      return 0;
  }
}

function stateHome(options: Options, world: World): {stateHome?: string} {
  return typeof options.state === 'string' ? {stateHome: resolve(world.cwd, options.state)} : {};
}

/** One line; where nobody can be asked it also says what these tools did not need. */
function oldSpellingNotice({was, becomes}: Rewritten, world: World): string {
  const today = becomes.map((words) => `pai-tui ${words.map(shellWord).join(' ')}`).join(' && ');
  const isApproved = becomes.some(([noun]) => noun === 'image' || noun === 'cluster');
  const decided = !isApproved || was.some((word) => word === '--yes' || word === '--dry-run');
  const asks = decided || world.stdin.isTTY ? '' : ' (without a terminal add --yes: the plan is approved first now)';
  return `note: "${was.map(shellWord).join(' ')}" is an old spelling; today it is: ${today}${asks}`;
}
