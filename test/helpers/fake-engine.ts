import {join} from 'node:path';
import type {
  ClusterRequest,
  Engine,
  ImageRequest,
  ImageStatus,
  ImageStatusReport,
  OperationRequest,
  Proposal,
  RunSummary,
  RunView,
  StartOptions,
} from '../../src/engine/api.ts';
import type {Catalog, Component, Image} from '../../src/engine/catalog/types.ts';
import type {CheckReport, ClusterStatus, StatusLook} from '../../src/engine/cluster/types.ts';
import type {ConfigReading} from '../../src/engine/config/open.ts';
import type {MachineSecrets} from '../../src/engine/machines/types.ts';
import type {OutputView} from '../../src/engine/output-text.ts';
import {outlineOf} from '../../src/engine/plan/outline.ts';
import type {Plan, Task} from '../../src/engine/plan/types.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';
import type {RunStatus, TaskState} from '../../src/engine/run/events.ts';
import {readJournal} from '../../src/engine/run/journal.ts';
import {createStore, type LiveStore, type WritableStore} from '../../src/engine/store.ts';
import {clusterPlan} from './fake-cluster.ts';
import {createFakeMachines, type FakeMachines} from './fake-machines.ts';
import {fakeNow} from './fake-now.ts';
import {outputView} from './fake-output.ts';

export {fakeNow};
/** The monotonic clock at that moment. */
export const fakeUp = 1_000_000;

export interface FakeEngine {
  readonly engine: Engine;
  readonly machines: FakeMachines;
  /** What was asked of the engine, in order: 'propose image build base-image force', 'start image build', 'cancel run-1'. */
  readonly calls: string[];
  /** What runs were started and resumed with, in order. */
  readonly handed: StartOptions[];
  /** Replaces what the next questions are answered with. */
  answer(next: Partial<FakeAnswers>): void;
  /** Changes a run as its followers see it. */
  update(id: string, change: (view: RunView) => RunView): void;
  /** Adds lines to the output of a task. */
  print(id: string, task: string, lines: readonly string[], at?: number): void;
  /** Tells whoever watches the configuration that its files have changed. */
  changeConfig(): void;
  /** Stores that were opened and not closed. */
  openStores(): number;
}

export interface FakeAnswers {
  readonly catalog: Catalog | Problem;
  readonly status: ImageStatusReport | Problem | 'pending';
  readonly propose: Problem | 'pending' | ((secrets: MachineSecrets) => Problem | undefined) | undefined;
  /** What ended runs were asked for with. */
  readonly requestOf: OperationRequest;
  /** The plan of whatever is asked of a cluster. */
  readonly clusterPlan: (request: ClusterRequest) => Plan;
  readonly check: CheckReport | Problem | 'pending';
  readonly cluster: ClusterStatus | Problem | 'pending';
  readonly start: Problem | undefined;
  readonly runs: readonly RunView[];
  readonly config: ConfigReading;
  /** Why a value cannot be changed. */
  readonly change: Problem | undefined;
  /** How the editor fails, or that it stays open. */
  readonly editor: Problem | 'pending' | undefined;
}

/** An engine without a computer: answers what a test tells it, and writes down what it was asked. */
export function createFakeEngine(initial: Partial<FakeAnswers> = {}, machines = createFakeMachines()): FakeEngine {
  const {runs = [], ...given} = initial;
  let answers: Omit<FakeAnswers, 'runs'> = {
    catalog: sampleCatalog(),
    status: sampleStatus(),
    propose: undefined,
    clusterPlan,
    requestOf: {...buildRequest, names: []},
    check: {results: [], reached: [], refusals: []},
    cluster: 'pending',
    start: undefined,
    config: {problems: []},
    change: undefined,
    editor: undefined,
    ...given,
  };
  const calls: string[] = [];
  const handed: StartOptions[] = [];
  const views = createStore<ReadonlyMap<string, RunView>>(new Map(runs.map((view) => [view.summary.id, view])));
  const outputs = new Map<string, WritableStore<OutputView>>();
  const clusterLooks = createStore<StatusLook>(lookAt(answers.cluster));
  const configWatchers = new Set<() => void>();
  let open = 0;

  const live = <T>(store: {get(): T; subscribe(listener: () => void): () => void}): LiveStore<T> => {
    open += 1;
    let closed = false;
    return {
      get: store.get,
      subscribe: store.subscribe,
      close() {
        if (!closed) open -= 1;
        closed = true;
      },
    };
  };
  const viewOf = (id: string): RunView => {
    const view = views.get().get(id);
    if (view === undefined) throw new ProblemError({code: 'unknown-run', message: `There is no run ${id}.`});
    return view;
  };
  const outputOf = (id: string, task: string): WritableStore<OutputView> => {
    const key = `${id} ${task}`;
    const store = outputs.get(key) ?? createStore<OutputView>(outputView([]));
    outputs.set(key, store);
    return store;
  };
  const update = (id: string, change: (view: RunView) => RunView): void => {
    const changed = change(viewOf(id));
    views.set(new Map([...views.get(), [id, {...changed, summary: summaryOf(changed)}]]));
  };
  let list: readonly RunSummary[] = [];
  let listOf: ReadonlyMap<string, RunView> | undefined;
  const summaries = (): readonly RunSummary[] => {
    if (listOf === views.get()) return list;
    listOf = views.get();
    list = [...listOf.values()].map((view) => view.summary).sort((a, b) => b.startedAt - a.startedAt);
    return list;
  };

  const engine: Engine = {
    async openTree(_folder, config) {
      calls.push(config === undefined ? 'openTree' : `openTree with ${config}`);
      return orThrow(answers.catalog);
    },
    async openConfig(folder) {
      calls.push(`openConfig ${folder}`);
      return answers.config;
    },
    async writtenValue({origin, text = ''}) {
      if (origin?.from !== 'file') throw new ProblemError({code: 'edit-refused', message: 'Not in a file.'});
      const {file, line, key} = origin;
      return {file, line, key, text, digest: 'as read'};
    },
    async changeValue({key}, typed) {
      calls.push(`changeValue ${key} ${typed}`);
      if (answers.change !== undefined) throw new ProblemError(answers.change);
      return {changed: true};
    },
    async openEditor({file, line}, signal) {
      calls.push(`openEditor ${file}:${line}`);
      if (answers.editor === 'pending') return never(signal);
      if (answers.editor !== undefined) throw new ProblemError(answers.editor);
    },
    watchConfig(_folder, changed) {
      open += 1;
      configWatchers.add(changed);
      return {
        close() {
          if (configWatchers.delete(changed)) open -= 1;
        },
      };
    },
    async generateConfig(request) {
      calls.push(`generateConfig ${JSON.stringify(request)}`);
      return {folder: request.output, era: 'G', files: [], problems: []};
    },
    async renderTemplate({file}) {
      calls.push(`renderTemplate ${file}`);
      return {text: '', problems: []};
    },
    async imageStatus(request, signal) {
      calls.push(`imageStatus${request.checkBases ? ' check-bases' : ''}`);
      return answers.status === 'pending' ? never(signal) : orThrow(answers.status);
    },
    async propose(request, signal, secrets = {}) {
      calls.push(`propose ${describeRequest(request)}`);
      const {propose} = answers;
      if (propose === 'pending') return never(signal);
      const problem = typeof propose === 'function' ? propose(secrets) : propose;
      if (problem !== undefined) throw new ProblemError(problem);
      return isOfImages(request)
        ? proposalFor(request, answers.status)
        : proposalOf(request, answers.clusterPlan(request));
    },
    async start(proposal: Proposal, options: StartOptions = {}) {
      calls.push(`start ${describeRequest(proposal.request)}`);
      handed.push(options);
      if (answers.start !== undefined) throw new ProblemError(answers.start);
      const id = `run-${views.get().size + 1}`;
      const view = runOf({
        id,
        operation: proposal.request.operation,
        title: proposal.plan.title,
        status: 'running',
        tasks: proposal.plan.tasks.map((task) => taskState(task.id, 'waiting', outlineOf(task))),
      });
      views.set(new Map([...views.get(), [id, view]]));
      return id;
    },
    machines: machines.machines,
    cluster: {
      async check(_query, told, signal) {
        calls.push('cluster check');
        if (answers.check === 'pending') return never(signal);
        const report = orThrow(answers.check);
        told(report.results);
        return report;
      },
      async status(_query, told, signal) {
        calls.push('cluster status');
        if (answers.cluster === 'pending') return never(signal);
        const status = orThrow(answers.cluster);
        told(status);
        return status;
      },
      async certificates(_query, told, signal) {
        calls.push('cluster certificates');
        if (answers.cluster === 'pending') return never(signal);
        const machines = orThrow(answers.cluster).machines.map(({known, ...machine}) => ({
          ...machine,
          ...(known ? {known: known.certificates} : {}),
        }));
        told({machines});
        return {machines};
      },
      async etcd(_query, signal) {
        calls.push('cluster etcd');
        if (answers.cluster === 'pending') return never(signal);
        const {etcd} = orThrow(answers.cluster);
        if (!etcd.known) throw new Error('no etcd');
        return {report: etcd.known, snapshots: [], refusals: [], at: etcd.at ?? 0};
      },
      async writePackage(_query, {machine, operation, folder}) {
        calls.push(`cluster package ${machine} ${operation} ${folder}`);
        return {machine, job: operation, folder, files: [{path: 'steps.txt', bytes: 12}], problems: []};
      },
      watchStatus() {
        calls.push('watch cluster status');
        return live(clusterLooks);
      },
    },
    async info() {
      return [{topic: 'version', value: '0.1.0'}];
    },
    runs: {
      list: async () => summaries(),
      watchList: () => live({get: summaries, subscribe: views.subscribe}),
      show: async (id) => viewOf(id),
      follow: (id) => live({get: () => viewOf(id), subscribe: views.subscribe}),
      output: (id, task) => live(outputOf(id, task)),
      journal(id, from) {
        let offset = from;
        return () => {
          const part = readJournal(join(viewOf(id).summary.folder, 'journal.jsonl'), offset);
          offset = part.offset;
          return part.events;
        };
      },
      async cancel(id) {
        calls.push(`cancel ${id}`);
        const stage = viewOf(id).state.cancel ? 2 : 1;
        update(id, (view) => ({...view, state: {...view.state, cancel: {stage, by: 'ops@jump1'}}}));
        return stage;
      },
      async resume(id, options = {}) {
        calls.push(`resume ${id}`);
        handed.push(options);
        update(id, (view) => ({...view, summary: {...view.summary, status: 'running'}}));
      },
      async saveOutput(id, task, file) {
        calls.push(`saveOutput ${id} ${task} ${file}`);
        return `/home/ops/${file}`;
      },
      async requestOf(id) {
        calls.push(`requestOf ${id}`);
        return answers.requestOf;
      },
      async export(id, file) {
        calls.push(`export ${id} ${file}`);
      },
    },
  };
  return {
    engine,
    machines,
    calls,
    handed,
    answer(next) {
      const {runs: nextRuns, ...rest} = next;
      answers = {...answers, ...rest};
      clusterLooks.set(lookAt(answers.cluster));
      if (nextRuns) views.set(new Map(nextRuns.map((view) => [view.summary.id, view])));
    },
    update,
    print(id, task, lines, at = fakeNow) {
      const store = outputOf(id, task);
      const before = store.get().lines(0, store.get().lineCount);
      store.set(outputView([...before, ...lines.map((text) => ({text, at}))]));
    },
    changeConfig() {
      for (const changed of [...configWatchers]) changed();
    },
    openStores: () => open + machines.openStores(),
  };
}

const buildRequest = {
  operation: 'image build',
  source: '/srv/pai',
  names: [],
  force: false,
  noCache: false,
  builder: 'auto',
} as const satisfies OperationRequest;

/** Twelve images on three levels: names, what they stand on, and whether their component has a hook. */
const sampleImages: readonly (readonly [name: string, component: string, needs: readonly string[], hook?: true])[] = [
  ['base-image', 'base-image', []],
  ['cleaning-image', 'cleaning-image', ['base-image']],
  ['database-controller', 'database-controller', ['base-image']],
  ['grafana', 'grafana', []],
  ['hadoop-ai', 'hadoop-ai', [], true],
  ['hadoop-run', 'hadoop-run', ['base-image', 'hadoop-ai']],
  ['job-exporter', 'job-exporter', ['base-image']],
  ['node-exporter', 'node-exporter', []],
  ['prometheus', 'prometheus', []],
  ['rest-server', 'rest-server', ['base-image']],
  ['webportal', 'webportal', ['rest-server']],
  ['yarn-frameworklauncher', 'yarn-frameworklauncher', ['hadoop-run']],
];

export function sampleCatalog(problems: readonly Problem[] = []): Catalog {
  return catalogOf(sampleImages, problems);
}

/** A catalog with this many images that stand on nothing: 'image-0000', 'image-0001', … */
export function wideCatalog(amount: number): Catalog {
  return catalogOf(
    Array.from({length: amount}, (_, index) => {
      const name = `image-${String(index).padStart(4, '0')}`;
      return [name, name, []] as const;
    }),
    [],
  );
}

function catalogOf(entries: typeof sampleImages, problems: readonly Problem[]): Catalog {
  const images: Image[] = entries.map(([name, component, needs]) => ({
    name,
    component,
    layout: 'component',
    dockerfile: `src/${component}/build/${name}.dockerfile`,
    context: `src/${component}`,
    needs,
    foreignBases: needs.length === 0 ? ['ubuntu:22.04'] : [],
    localName: name,
    copyList: [],
    templates: [],
  }));
  const components: Component[] = entries.map(([name, component, needs, hook]) => ({
    name: component,
    folder: `src/${component}`,
    images: [name],
    needs,
    copies: needs,
    ...(hook ? {preHook: `src/${component}/build/build-pre.sh`} : {}),
  }));
  return {root: '/srv/pai', toolRoot: '/srv/pai', era: 'G', layout: 'component', components, images, problems};
}

const sampleStates: Readonly<Record<string, Pick<ImageStatus, 'state' | 'reasons'>>> = {
  'hadoop-ai': {state: 'unknown', reasons: ['has a hook: decided while running']},
  'rest-server': {state: 'stale', reasons: ['src/rest-server/src/index.js changed']},
  webportal: {state: 'stale', reasons: ['rest-server is built again']},
  'yarn-frameworklauncher': {state: 'never', reasons: ['was never built here']},
};

export function sampleStatus(catalog: Catalog = sampleCatalog()): ImageStatusReport {
  return {
    at: fakeNow,
    problems: [],
    images: catalog.images.map((image) => {
      const special = sampleStates[image.name];
      const known = {sizeBytes: 187_000_000, builtAt: fakeNow - 3 * 3_600_000, id: `sha256:${'ab'.repeat(32)}`};
      const base = {name: image.name, component: image.component};
      if (special?.state === 'never') return {...base, ...special};
      return {...base, ...known, ...(special ?? {state: 'current' as const, reasons: []})};
    }),
  };
}

const engineUnreachable: Problem = {
  code: 'engine-unreachable',
  message: 'No Docker engine answers at unix:///var/run/docker.sock.',
  hint: 'Start it (systemctl start docker), or set DOCKER_HOST.',
};

/** What the engine answers without Docker: every image unknown, and why. */
export function statusWithoutEngine(catalog: Catalog = sampleCatalog()): ImageStatusReport {
  return {
    at: fakeNow,
    problems: [engineUnreachable],
    images: catalog.images.map(({name, component}) => ({name, component, state: 'unknown', reasons: []})),
  };
}

export interface RunSpec {
  readonly id: string;
  readonly operation?: string;
  readonly title?: string;
  readonly status: RunStatus;
  readonly tasks: readonly TaskState[];
  readonly startedAt?: number;
  readonly tookMs?: number;
  readonly usualMs?: number;
  readonly explanation?: string;
  readonly problem?: Problem;
}

/** A run as its followers see it; it began 48 s before fakeNow unless said otherwise. */
export function runOf(spec: RunSpec): RunView {
  const startedAt = spec.startedAt ?? fakeNow - 48_000;
  const ended = spec.status === 'done' || spec.status === 'failed' || spec.status === 'stopped';
  const tookMs = ended ? (spec.tookMs ?? 48_000) : undefined;
  const view: RunView = {
    summary: {
      id: spec.id,
      operation: spec.operation ?? 'image build',
      title: spec.title ?? 'Build 3 images',
      status: spec.status,
      who: 'ops@jump1',
      startedAt,
      ...(tookMs === undefined ? {} : {tookMs, endedAt: startedAt + tookMs}),
      tasks: {total: 0, done: 0, failed: 0, changed: 0},
      folder: `/home/ops/.local/state/pai-tui/pai/runs/${spec.id}`,
    },
    state: {
      run: spec.id,
      operation: spec.operation ?? 'image build',
      title: spec.title ?? 'Build 3 images',
      planHash: 'c0ffee',
      status: spec.status === 'interrupted' ? 'running' : spec.status,
      runner: 1,
      tasks: spec.tasks,
      startedAt,
      startedUp: fakeUp - 48_000,
      ...(tookMs === undefined ? {} : {tookMs, endedAt: startedAt + tookMs}),
      ...(spec.problem ? {problem: spec.problem} : {}),
    },
    up: fakeUp,
    ...(spec.usualMs === undefined ? {} : {usualMs: spec.usualMs}),
    ...(spec.explanation === undefined ? {} : {explanation: spec.explanation}),
  };
  return {...view, summary: summaryOf(view)};
}

export function taskState(id: string, status: TaskState['status'], more: Partial<TaskState> = {}): TaskState {
  return {
    id,
    title: `Build ${id.replace(/^build\//, '')}`,
    needs: [],
    touches: 'this computer',
    does: [],
    expected: 'change',
    why: [],
    status,
    attempt: status === 'waiting' ? 0 : 1,
    ...(status === 'running' ? {startedAt: fakeNow - 12_000, startedUp: fakeUp - 12_000} : {}),
    ...(status === 'done' ? {changed: true, tookMs: 9200} : {}),
    ...more,
  };
}

function summaryOf(view: RunView): RunSummary {
  const {tasks} = view.state;
  return {
    ...view.summary,
    tasks: {
      total: tasks.length,
      done: tasks.filter((task) => task.status === 'done').length,
      failed: tasks.filter((task) => task.status === 'failed').length,
      changed: tasks.filter((task) => task.changed).length,
    },
  };
}

function isOfImages(request: OperationRequest): request is ImageRequest {
  return 'names' in request;
}

function proposalOf(request: OperationRequest, plan: Plan): Proposal {
  const nothingToDo = plan.tasks.every(({expected}) => expected === 'unchanged');
  return {request, facts: {}, plan, planHash: 'c0ffee', nothingToDo};
}

function proposalFor(request: ImageRequest, status: FakeAnswers['status']): Proposal {
  const report = typeof status === 'object' && 'images' in status ? status : sampleStatus();
  const asked = report.images.filter((image) => request.names.length === 0 || request.names.includes(image.name));
  const force = request.operation === 'image push' || request.force;
  const verb = request.operation === 'image push' ? 'push' : 'build';
  const tasks = asked.map((image): Task => {
    const expected =
      image.state === 'unknown'
        ? 'decided while running'
        : image.state === 'current' && !force
          ? 'unchanged'
          : 'change';
    return {
      id: `${verb}/${image.name}`,
      title: `${verb === 'push' ? 'Push' : 'Build'} ${image.name}`,
      needs: [],
      touches: 'this computer',
      does: [{kind: 'docker', call: verb, image: `${image.name}:latest`}],
      expected,
      why: force && verb === 'build' ? ['asked for by force'] : image.reasons,
      run: async () => ({changed: true, result: undefined}),
    };
  });
  const changing = tasks.filter((task) => task.expected !== 'unchanged').length;
  return proposalOf(request, {
    operation: request.operation,
    title: `${verb === 'push' ? 'Push' : 'Build'} ${changing} image${changing === 1 ? '' : 's'}`,
    tasks,
    notices: [],
  });
}

function describeRequest(request: OperationRequest): string {
  const words: string[] = [request.operation, ...('names' in request ? request.names : [])];
  if (request.operation === 'image build') {
    if (request.force) words.push('force');
    if (request.noCache) words.push('no-cache');
  }
  if (request.operation === 'machine etcdfix') words.push(request.machine);
  if (request.operation === 'machine remove') {
    if (request.force) words.push('force');
    if (request.ignoreBudgets) words.push('ignore-budgets');
    if (request.dead) words.push('dead');
  }
  if ('updateConfig' in request && request.updateConfig) words.push('update-config');
  if (request.parallel !== undefined) words.push(`parallel=${request.parallel}`);
  return words.join(' ');
}

function orThrow<T extends object>(answer: T | Problem): T {
  if ('code' in answer && 'message' in answer) throw new ProblemError(answer as Problem);
  return answer as T;
}

/** Waits until it is aborted: a question that gets no answer. */
function never(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), {once: true});
  });
}

function lookAt(status: FakeAnswers['cluster']): StatusLook {
  if (status === 'pending') return {};
  return 'health' in status ? {status} : {problem: status};
}
