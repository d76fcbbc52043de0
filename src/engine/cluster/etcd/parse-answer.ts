/** What etcd.sh says of a machine → what is known of its member. Takes any answer: what makes no sense is absent. */

import {type Answer, numberOf} from '../../machine-answer.ts';
import {byMount} from '../../machines/facts/disks.ts';
import {causeIn} from './last-words.ts';
import {alarmsIn, alarmsOf, membersIn, statusIn} from './parse-replies.ts';
import type {EtcdContainer, EtcdData, EtcdSettings, SeenEtcd} from './types.ts';

/** What etcd allows its database where nobody said otherwise. */
const usualQuota = 2 * 1024 ** 3;
const longestLogLine = 400;

export function parseEtcd(answer: Answer): SeenEtcd {
  const status = statusIn(answer.lines('status').join(''));
  const container = containerIn(answer, status !== undefined);
  const isRunning = container?.isRunning ?? false;
  const members = membersIn(answer.lines('members').join('')) ?? membersIn(answer.lines('peers').join(''));
  const manifest = answer.first('manifest');
  const endpoint = answer.first('endpoint');
  const commits = status && !status.isLearner ? commitsIn(answer) : undefined;
  // Where etcd tells them in its status it is asked no further.
  const alarms = status && (alarmsIn(answer.lines('alarms').join('')) ?? alarmsOf(status));
  return {
    docker: !answer.lines('has').includes('docker') ? 'absent' : answer.first('ps-exit') === '0' ? 'answers' : 'silent',
    ...(container ? {container} : {}),
    runsUnseen: !isRunning && answer.lines('process').length > 0,
    ...(manifest === undefined ? {} : {manifest}),
    settings: settingsIn(answer),
    data: dataIn(answer),
    ...(endpoint === undefined ? {} : {endpoint}),
    ...(status ? {status} : isRunning ? {silence: silenceIn(answer)} : {}),
    ...(commits === undefined ? {} : {commits}),
    ...(members ? {members} : {}),
    ...(alarms ? {alarms} : {}),
    missing: answer.lines('missing').map((line) => `${line.slice(0, 1).toUpperCase()}${line.slice(1)}.`),
  };
}

function containerIn(answer: Answer, answers: boolean): EtcdContainer | undefined {
  const said = new Map(
    answer.lines('container').map((line): [string, string] => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)];
    }),
  );
  const [name, state] = [said.get('name'), said.get('status')];
  if (name === undefined || state === undefined) return undefined;
  const log = answer.lines('log').map((line) => line.slice(0, longestLogLine));
  // A member that answers has got over what stands in its log.
  const cause = answers ? undefined : causeIn(log);
  const [started, finished] = [timeIn(said.get('started')), timeIn(said.get('finished'))];
  // Docker writes it as a text of JSON.
  const error = said.get('error')?.replace(/^"(.*)"$/, '$1');
  return {
    name: name.replace(/^\//, ''),
    image: said.get('image') ?? '',
    isRunning: state === 'running',
    state,
    exitCode: numberOf(said.get('exit')) ?? 0,
    oomKilled: said.get('oom') === 'true',
    ...(started === undefined ? {} : {started}),
    ...(finished === undefined || state === 'running' ? {} : {finished}),
    ...(error ? {error} : {}),
    log: log.slice(-50),
    ...(cause ? {cause} : {}),
  };
}

/** Docker writes the year 1 where there was none. */
function timeIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[12]\d{3}-\d\d-\d\dT/.test(text) ? text : undefined;
}

/** The last one counts, as with etcd. */
function settingsIn(answer: Answer): EtcdSettings {
  const of = (name: string) =>
    answer
      .lines('setting')
      .findLast((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1);
  const [name, initialState, dataFolder] = [of('name'), of('initial-cluster-state'), of('data-dir')];
  const quota = numberOf(of('quota-backend-bytes'));
  return {
    ...(name ? {name} : {}),
    quotaBytes: quota ? quota : usualQuota,
    ...(initialState ? {initialState} : {}),
    ...(dataFolder ? {dataFolder} : {}),
  };
}

function dataIn(answer: Answer): EtcdData {
  const sizes = new Map(
    answer.lines('sizes').flatMap((line): [string, number][] => {
      const [, kibibytes, folder] = /^(\d+)\s+(\/.*)$/.exec(line) ?? [];
      const size = numberOf(kibibytes);
      return folder !== undefined && size !== undefined ? [[folder, size * 1024]] : [];
    }),
  );
  const sized = (folder: string) => {
    const bytes = sizes.get(folder);
    return {folder, ...(bytes === undefined ? {} : {bytes})};
  };
  const [found] = byMount(answer.lines('df'));
  const [mount, [size = 0, , available = 0] = []] = found ?? [];
  return {
    ...sized(answer.first('data') ?? ''),
    isThere: answer.lines('data-there').length > 0,
    ...(mount === undefined ? {} : {disk: {mount, size: size * 1024, available: available * 1024}}),
    kept: answer.lines('kept').map(sized),
  };
}

/** A read through the quorum. From 3.5 on it counts as failed also where it succeeded and there is an alarm. */
function commitsIn(answer: Answer): boolean | undefined {
  const said = [...answer.lines('health'), ...answer.lines('health-error')].join('\n');
  if (/ is healthy\b|Active Alarm\(s\)/.test(said)) return true;
  return / is unhealthy\b/.test(said) ? false : undefined;
}

/** Of docker's own are 125 to 127: the image may have no etcdctl (docs.docker.com, "docker run", exit status). */
function silenceIn(answer: Answer): NonNullable<SeenEtcd['silence']> {
  const exit = numberOf(answer.first('status-exit'));
  if (exit === undefined) return {by: 'docker', said: 'docker did not come back with what etcdctl says'};
  // Docker says on stdout why it runs no program.
  const lines = [...answer.lines('status').filter((line) => !line.startsWith('[')), ...answer.lines('status-error')];
  const refused = lines.flatMap((line) => /desc = \\"(.+?)\\"/.exec(line)?.[1] ?? []).at(-1);
  const said = refused ?? lines.findLast((line) => line.trim() !== '') ?? 'it said nothing';
  return {by: exit >= 125 ? 'docker' : 'etcd', said: said.slice(0, 300)};
}
