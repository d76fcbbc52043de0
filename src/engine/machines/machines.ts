import type {MachineAccess, RemoteShell} from '../machine-tools.ts';
import {displayText} from '../names.ts';
import {ProblemError, problemOf} from '../problem.ts';
import type {HostKeyBook} from '../remote/host-key-check.ts';
import type {Clock} from '../tools.ts';
import {machineAccess} from './access.ts';
import {type Asked, askMachine} from './asked.ts';
import {AllConnections, type ClusterConnections, ownHostKeys, type SshFor} from './cluster-connections.ts';
import {each} from './each.ts';
import {isBroken} from './fleet.ts';
import {hostGroups} from './host-groups.ts';
import {matchHostLists} from './host-list.ts';
import {logCommand} from './logs/log-command.ts';
import {readOwnLogins} from './own-logins.ts';
import {type ReadMachines, readMachines} from './read-machines.ts';
import {startMachineRun} from './run/machine-run.ts';
import {askedTarget, sshTarget, type TargetOptions} from './targets.ts';
import type {
  FactsReport,
  HostKeyReport,
  MachineFacts,
  MachineRun,
  MachineSecrets,
  MachineShellRequest,
  Machines,
  MachinesRequest,
} from './types.ts';
import {type MachineWatch, watchMachines} from './watch.ts';

export interface MachinesOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly stateHome: string;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  readonly clock: Clock;
  /** Loaded when a machine is first asked. */
  loadSsh(): Promise<SshFor>;
}

/** A request with all that is needed to ask its machines. */
interface Opened extends ReadMachines {
  readonly cluster: ClusterConnections;
  readonly targets: TargetOptions;
}

/** Machines that are asked at once, without those that take long. */
const usualParallel = 40;

/** Which machines, and what else is needed to log in. */
interface AccessRequest {
  readonly config: string;
  readonly source?: string | undefined;
  readonly nodeList?: string | undefined;
  readonly jump?: string | undefined;
  readonly secrets?: MachineSecrets;
}

/** Machines as screens and the command line ask them, and as the tasks of a run are given them. */
export interface MachinesOfEngine extends Machines {
  /** Shares the connections of everything else that is asked; they are closed by `close`. */
  access(request: AccessRequest): MachineAccess;
}

/** Making it reads nothing; what is heavy is loaded by the first question. */
export function createMachines(options: MachinesOptions): MachinesOfEngine {
  const {environment, stateHome, assets, clock, loadSsh} = options;
  const {HOME: home = '/'} = environment;
  const clusters = new AllConnections({stateHome, home, clock, loadSsh});
  const watches = new Set<MachineWatch>();
  const runs = new Set<MachineRun>();

  const open = async (request: MachinesRequest): Promise<Opened> => {
    const own = await readOwnLogins(environment);
    const [read, cluster] = await Promise.all([readMachines(request, own.user), clusters.open(request.config)]);
    const {secrets, jump} = request;
    const given = {...(secrets ? {secrets} : {}), ...(jump === undefined ? {} : {jump})};
    return {...read, cluster, targets: {folder: read.folder, own, ...given}};
  };

  const asked = async (request: MachinesRequest): Promise<readonly Asked[]> => {
    const {chosen, reachable, cluster, targets} = await open(request);
    return chosen.map((machine) => ({
      machine,
      hold: async (signal) => cluster.fleet.hold(await sshTarget(reachable(machine), targets), signal),
    }));
  };

  /** Throws `usage` where an expression leaves none: who asks for something to be done means somebody. */
  const someAsked = async (request: MachinesRequest): Promise<readonly Asked[]> => {
    const machines = await asked(request);
    if (machines.length === 0) throw nobodyNamed(request.names);
    return machines;
  };

  const oneAsked = async (request: MachinesRequest): Promise<Asked> => {
    const [first, second] = await someAsked(request);
    if (!first || second) throw notOneNamed(request.names);
    return first;
  };

  const factsOf = async (one: Asked, askSudo: boolean, signal: AbortSignal): Promise<MachineFacts> => {
    const {readFacts} = await import('./facts/read-facts.ts');
    const question = {script: await factsScript(), clock, askSudo};
    return askMachine(one, signal, (remote) => readFacts(remote, question, signal));
  };
  let reading: Promise<string> | undefined;
  const factsScript = () => {
    reading ??= import('./facts/read-facts.ts').then(({readFactsScript}) => readFactsScript(assets));
    return reading;
  };

  /** The connection is somebody else's again when the program has ended. */
  const openShell = async (request: MachineShellRequest, signal: AbortSignal): Promise<RemoteShell> => {
    const hold = await (await oneAsked(request)).hold(signal);
    try {
      const {columns, rows, script} = request;
      const wanted = {columns, rows, ...(script === undefined ? {} : {script})};
      const shell = await hold.remote.shell(wanted, signal);
      void shell.ended.then(
        () => hold.release(),
        (error: unknown) => hold.release(isBroken(error)),
      );
      return shell;
    } catch (error) {
      hold.release(isBroken(error));
      throw error;
    }
  };

  const followed = (run: MachineRun): MachineRun => {
    runs.add(run);
    void run.ended.then(() => runs.delete(run));
    return run;
  };

  return {
    access({config, source, nodeList, jump, secrets}) {
      const more = {
        ...(source === undefined ? {} : {source}),
        ...(nodeList === undefined ? {} : {nodeList}),
        ...(jump === undefined ? {} : {jump}),
        ...(secrets ? {secrets} : {}),
      };
      return machineAccess(() => asked({config, names: [], ...more}));
    },

    async list(request) {
      const {all, chosen, problems, cluster} = await open(request);
      const {problems: hostKeyProblems} = await cluster.readHostKeys();
      return {machines: chosen, groups: hostGroups(all), problems: [...problems, ...hostKeyProblems]};
    },

    match: (expression, machines) => matchHostLists([expression], machines),

    watch(request, everyMs) {
      const loaded = import('./facts/complaints.ts');
      let complaintsOf: Awaited<typeof loaded>['complaintsOf'] | undefined;
      const watch = watchMachines({
        asked: asked(request),
        clock,
        async readFacts(one, isFirst, signal) {
          ({complaintsOf} = await loaded);
          return factsOf(one, isFirst, signal);
        },
        complaintsOf: (facts, {sku}) => complaintsOf?.(facts, sku ? {sku} : {}) ?? [],
        ...(everyMs === undefined ? {} : {everyMs}),
      });
      watches.add(watch);
      return {
        get: watch.get,
        subscribe: watch.subscribe,
        close() {
          watches.delete(watch);
          watch.close();
        },
      };
    },

    async facts(request, told, signal) {
      return each(await someAsked(request), {parallel: usualParallel, clock}, async (one) => {
        const report: FactsReport = await factsOf(one, true, signal).then(
          (facts) => ({machine: one.machine, facts}),
          (error: unknown) => {
            signal.throwIfAborted();
            return {machine: one.machine, problem: {machine: one.machine.name, ...problemOf(error)}};
          },
        );
        told(report);
        return report;
      });
    },

    async hostKeys(request, told, signal) {
      const {chosen, reachable, cluster, targets} = await open(request);
      if (chosen.length === 0) throw nobodyNamed(request.names);
      const {reportHostKeys} = await import('./host-keys.ts');
      return each(chosen, {parallel: usualParallel, clock}, async (machine) => {
        const target = askedTarget(reachable(machine), targets);
        const report: HostKeyReport = await reportHostKeys(machine, target, cluster, signal);
        told(report);
        return report;
      });
    },

    async trust(request, keys, how) {
      const {all, cluster} = await open({...request, names: []});
      const {trustHostKeys} = await import('./host-keys.ts');
      await trustHostKeys(all, keys, how, cluster, clock.now());
      const names = new Set(keys.map(({machine}) => machine));
      for (const watch of watches) watch.again(names);
    },

    run(request, signal) {
      const {script, sudo, deadlineMs, parallel = usualParallel, failFast, outputDir} = request;
      const command = {
        script,
        ...(sudo === undefined ? {} : {sudo}),
        ...(deadlineMs === undefined ? {} : {deadlineMs}),
      };
      const more = {
        ...(failFast === undefined ? {} : {failFast}),
        ...(outputDir === undefined ? {} : {outputDir}),
      };
      return followed(startMachineRun({command, asked: someAsked(request), clock, parallel, ...more}, signal));
    },

    logs(request) {
      const command = logCommand(request);
      const never = new AbortController().signal;
      // All at once: what is followed does not end by itself.
      const parallel = Number.POSITIVE_INFINITY;
      return followed(startMachineRun({command, asked: someAsked(request), clock, parallel}, never));
    },

    async listLogs(request, signal) {
      const {listLogs} = await import('./logs/list-logs.ts');
      return askMachine(await oneAsked(request), signal, (remote) => listLogs(remote, request.sudo ?? false, signal));
    },

    async shell(request, signal) {
      const {openTerminalScreen} = await import('../terminal/terminal-screen.ts');
      return openTerminalScreen(await openShell(request, signal), request, clock);
    },

    rawShell: openShell,

    async probe(request, told, signal) {
      const [{probe}, script, sshFor] = await Promise.all([import('./probe/probe.ts'), factsScript(), loadSsh()]);
      const {config, port, user, keyFile, secrets} = request;
      const own = await readOwnLogins(environment);
      const book = await (config === undefined ? ownHostKeys(home) : clusters.open(config).then(knownBook));
      const login = {user, ...(keyFile === undefined ? {} : {keyFile})};
      const options = {folder: process.cwd(), own, ...(secrets ? {secrets} : {})};
      const targetOf = (address: string) => sshTarget({hostname: address, address, sshPort: port, login}, options);
      return probe(request, {book, sshFor, targetOf, clock, script}, told, signal);
    },

    async close() {
      for (const watch of [...watches]) watch.close();
      watches.clear();
      const all = [...runs];
      for (const run of all) run.close();
      await Promise.all(all.map(({ended}) => ended));
      await clusters.close();
    },
  };
}

async function knownBook({readHostKeys}: ClusterConnections): Promise<HostKeyBook> {
  return (await readHostKeys()).book;
}

function notOneNamed(names: readonly string[]): ProblemError {
  return new ProblemError({
    code: 'usage',
    message: `One machine is wanted, not all of ${displayText(names.join(' ')) || 'the configuration'}.`,
    hint: 'Name one machine.',
  });
}

function nobodyNamed(names: readonly string[]): ProblemError {
  return new ProblemError({
    code: 'usage',
    message:
      names.length === 0
        ? 'The configuration has no machines.'
        : `No machine is left of ${displayText(names.join(' '))}.`,
    hint: "'pai-tui machine list' shows the machines there are.",
  });
}
