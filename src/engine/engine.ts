import {realpath} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import type {Engine, ImageBuildRequest, OperationRequest, Runs, StartOptions} from './api.ts';
import {createClock} from './clock.ts';
import {createCluster} from './cluster/cluster.ts';
import type {BaseMemory} from './images/bases.ts';
import {createMachines} from './machines/machines.ts';
import {kindsOf, runSecrets} from './machines/run-secrets.ts';
import type {MachineSecrets} from './machines/types.ts';
import {displayText} from './names.ts';
import {operationOf} from './operations.ts';
import {makeProposal} from './plan/make-proposal.ts';
import type {Plan, RunRequest} from './plan/types.ts';
import {ProblemError} from './problem.ts';
import {runsOnDemand} from './run/runs-on-demand.ts';
import {Secret} from './secret.ts';
import {clusterName, makeStateFolder, readConfiguration, stateHomeOf} from './state.ts';
import type {Tools} from './tools.ts';
import {watchConfig} from './watch-config.ts';
import {createTools, environmentElsewhere, loadSsh} from './world.ts';

export interface EngineOptions {
  /** What hooks inherit, and where the Docker engine and the state home are found. */
  readonly environment: NodeJS.ProcessEnv;
  /** The folder given with --state; absent: $XDG_STATE_HOME/pai-tui. */
  readonly stateHome?: string;
  /** argv that starts a runner; the run's folder is appended. Absolute paths. */
  readonly runnerCommand: readonly string[];
  readonly programVersion: string;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  /** The Docker engine; beats the environment. The runner command must know of it too. */
  readonly endpoint?: string;
}

/** The engine as screens and the command line see it. Making it reads and changes nothing. */
export function createEngine(options: EngineOptions): Engine {
  const {environment, runnerCommand, programVersion, endpoint, assets} = options;
  const clock = createClock();
  const stateHome = stateHomeOf(environment, options.stateHome);
  let making: Promise<Tools> | undefined;
  const tools = () => {
    making ??= createTools({environment, stateHome, clock, assets, endpoint});
    return making;
  };
  const machines = createMachines({environment, stateHome, assets, clock, loadSsh: () => loadSsh(clock)});
  const toolsFor = async (request: RunRequest, secrets: MachineSecrets | undefined): Promise<Tools> => {
    const {config, source, nodeList, jump} = request;
    if (config === undefined) return tools();
    const access = machines.access({config, source, nodeList, jump, ...(secrets ? {secrets} : {})});
    return {...(await tools()), machines: access};
  };
  const stateFolderOf = async ({source, config}: Place) => join(stateHome, await clusterName(source, config));
  const runner = {command: runnerCommand, environment: environmentElsewhere(environment), clock};
  const {runs, loaded: runsLoaded} = runsOnDemand({
    stateHome,
    clock,
    load: async () => (await import('./run/runs.ts')).createRuns({...runner, stateHome, readConfiguration}),
  });

  return {
    async openTree(folder, config) {
      if (config === undefined) {
        const {openCatalog} = await import('./catalog/open.ts');
        return openCatalog(folder);
      }
      const {openTree} = await import('./plan/image/image-request.ts');
      return (await openTree(folder, config)).catalog;
    },

    async openConfig(folder, {python, ...options} = {}) {
      const {openConfig} = await import('./config/open.ts');
      if (!python) return openConfig(folder, options);
      const [{askProgram}, {createModuleRunner}] = await Promise.all([
        import('./terminal/ask-program.ts'),
        import('./config/python/run-modules.ts'),
      ]);
      const program = join(assets, 'config-modules/run_modules.py');
      const runModules = createModuleRunner({program, ask: askProgram, files: (await tools()).files, environment});
      return openConfig(folder, {...options, runModules});
    },

    async generateConfig(request) {
      const {generateConfig} = await import('./config/generate/generate.ts');
      return generateConfig(request, join(assets, 'quick-start'));
    },

    async renderTemplate(request) {
      const {renderFile} = await import('./package/render-file.ts');
      return renderFile(request);
    },

    watchConfig: (folder, changed) => watchConfig(folder, clock, changed),

    async writtenValue(value) {
      const {writtenValue} = await import('./config/change-value.ts');
      return writtenValue(value);
    },

    async changeValue(value, typed) {
      const {changeValue} = await import('./config/change-value.ts');
      return changeValue(value, typed, (await tools()).files);
    },

    async openEditor(place, signal = never()) {
      const {openEditor} = await import('./terminal/editor.ts');
      await openEditor(place, environment, signal);
    },

    async imageStatus(request, signal = never()) {
      const place = await atRealPlace(request);
      const stateFolder = await stateFolderOf(place);
      const [{readImageStatus}, {openTree}] = await Promise.all([
        import('./images/status.ts'),
        import('./plan/image/image-request.ts'),
      ]);
      const {catalog} = await openTree(place.source, place.config);
      const wanted = {...place, catalog, builder: builderWished(environment)};
      const {report, bases} = await readImageStatus(wanted, {tools: await tools(), stateFolder}, signal);
      await remember(stateFolder, bases, await tools());
      return report;
    },

    async propose(request, signal = never(), secrets) {
      const placed = await atRealPlace(withBuilder(request, environment));
      const stateFolder = await stateFolderOf(placed);
      const world = {tools: await toolsFor(placed, secrets), stateFolder, anew: true};
      const operation = await operationOf(placed.operation);
      const facts = await operation.readFacts(placed, world, signal);
      const proposal = makeProposal(operation, placed, facts);
      if (placed.operation === 'image build') await remember(stateFolder, facts, world.tools);
      return {request: placed, facts, ...proposal};
    },

    async start({request, facts, plan, planHash: approved}, start = {}) {
      checkConfirmed(plan, start.confirmed);
      const stateFolder = await stateFolderOf(request);
      const [{pruneRuns}, {startRun}] = await Promise.all([
        import('./run/prune.ts'),
        import('./run/start.ts'),
        // Whoever starts a run follows it.
        runsLoaded(),
      ]);
      await makeStateFolder(stateFolder);
      pruneRuns({stateHome, clock});
      return startRun({
        ...runner,
        stateFolder,
        request,
        facts,
        plan,
        planHash: approved,
        secrets: await secretsFor(request, start),
        given: kindsOf(start.machineSecrets),
        programVersion,
      });
    },

    runs: {
      ...runs,
      resume: async (id, start = {}) => runs.resume(id, {secrets: await secretsFor(await runs.requestOf(id), start)}),
    } satisfies Runs,

    machines,
    cluster: createCluster({
      ...{machines, clock, assets, tools},
      stateFolder: async ({source, config}) =>
        stateFolderOf(await atRealPlace({config, ...(source === undefined ? {} : {source})})),
    }),

    async info() {
      const {engineInfoLines} = await import('./info.ts');
      return engineInfoLines({environment, stateHome, programVersion, tools: await tools()});
    },
  };
}

/** The docker command's own setting, which counts where nothing else was chosen. */
function builderWished({DOCKER_BUILDKIT: setting}: NodeJS.ProcessEnv): ImageBuildRequest['builder'] {
  if (setting === '1') return 'buildkit';
  return setting === '0' ? 'classic' : 'auto';
}

/** A run that is repeated elsewhere is built by what built it here. */
function withBuilder(request: OperationRequest, environment: NodeJS.ProcessEnv): OperationRequest {
  if (request.operation !== 'image build' || request.builder !== 'auto') return request;
  return {...request, builder: builderWished(environment)};
}

interface Place {
  readonly source?: string;
  readonly config?: string;
  readonly nodeList?: string;
}

/** Absolute, links resolved, so that one tree has one name. What is not there is told by whoever opens it. */
async function atRealPlace<T extends Place>(request: T): Promise<T> {
  const real = (path: string) => realpath(path).catch(() => resolve(path));
  const {source, config, nodeList} = request;
  return {
    ...request,
    ...(source === undefined ? {} : {source: await real(source)}),
    ...(config === undefined ? {} : {config: await real(config)}),
    ...(nodeList === undefined ? {} : {nodeList: await real(nodeList)}),
  };
}

/**
 * What registries said is worth keeping: for the runner, and for the day they cannot be asked. Where it cannot be kept
 * they are asked again, and a run that cannot be written either says so itself.
 */
async function remember(stateFolder: string, bases: BaseMemory | undefined, {files}: Tools): Promise<void> {
  if (!bases) return;
  const {rememberBases} = await import('./images/bases.ts');
  await rememberBases(stateFolder, bases, files).catch((error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
  });
}

/** Secrets go to the runner over its pipe, and nowhere else. */
async function secretsFor(
  request: OperationRequest,
  {secrets, machineSecrets}: StartOptions,
): Promise<ReadonlyMap<string, Secret>> {
  const all = new Map([...runSecrets(machineSecrets), ...(secrets ?? [])]);
  if (request.operation === 'image build') {
    const {secretsOfTemplates} = await import('./plan/image/image-request.ts');
    putUnderNumbers(all, await secretsOfTemplates(request));
  } else if (request.operation === 'image push') {
    const [{openTree}, {registryPassword}] = await Promise.all([
      import('./plan/image/image-request.ts'),
      import('./images/push.ts'),
    ]);
    const {registry} = await openTree(request.source, request.config);
    const password = registry.settings?.password;
    if (password && !all.has(registryPassword)) all.set(registryPassword, password);
  } else {
    const {readConfig} = await import('./read-config.ts');
    const {config} = await readConfig(request.config, request.source, {nodeList: request.nodeList});
    const ofMachines = config.machines.flatMap(({login}) => login.password?.reveal() ?? []);
    putUnderNumbers(all, new Set([...config.views.kubernetes.secrets(), ...ofMachines]));
  }
  return all;
}

/** Those that nobody asks for by a name, but which may show in what a run prints. */
function putUnderNumbers(all: Map<string, Secret>, secrets: ReadonlySet<string>): void {
  let count = 0;
  for (const secret of secrets) all.set(`configuration-${++count}`, new Secret(secret));
}

function checkConfirmed({confirm, operation}: Plan, typed: string | undefined): void {
  if (confirm === undefined || typed === confirm) return;
  throw new ProblemError({
    code: 'confirmation-missing',
    message: `${operation} takes data away, and the name ${displayText(confirm)} was not typed to confirm it.`,
    hint: `On a terminal it is asked for; elsewhere give --confirm ${displayText(confirm)}.`,
  });
}

function never(): AbortSignal {
  return new AbortController().signal;
}
