import type {ValueMap} from '../context-values.ts';
import {isAtLeast} from '../release.ts';
import {below, keyOf, lineOf} from '../yaml-access.ts';
import {inner} from './assign.ts';
import type {OldInput} from './old-input.ts';
import {shareOut} from './virtual-clusters.ts';

/** clusterinfo.hadoopinfo, .virtualClusters and .hadoopQueues of B–E (behaviour 3.2, 3.5). */
export function addHadoop(input: OldInput, info: ValueMap): void {
  const {assign, services, release, paiMaster} = input;
  const hadoop = inner(services, 'hadoop');
  info.set('hadoopinfo', hadoop);
  assign.same(info, 'hadoopinfo', services, 'hadoop');
  assign.same(hadoop, 'custom_hadoop_binary_path', hadoop, 'custom-hadoop-binary-path');
  const isEarly = !isAtLeast(release, 'v0.8');
  if (isEarly) assign.same(hadoop, 'hadoopversion', hadoop, 'hadoop-version');
  assign.fallback(hadoop, 'configmapname', 'hadoop-configuration', 'as the tools have it');
  if (paiMaster !== undefined) {
    assign.derived(hadoop, 'hadoop_vip', paiMaster, 'hostip of the first pai-master');
    // A slip of the tools that templates have seen ever since (behaviour 3.2).
    if (isEarly) assign.derived(hadoop, 'hadoop-version', paiMaster, 'hostip of the first pai-master');
  }
  const clusters = inner(hadoop, 'virtualClusters');
  const {queues, remarks} = shareOut(clusters, release);
  assign.rest(clusters, 'as the tools have it');
  assign.same(info, 'virtualClusters', hadoop, 'virtualClusters');
  info.set('virtualClusters', clusters);
  assign.derived(info, 'hadoopQueues', queues, 'capacity of the virtual clusters');
  if (!input.servicesPlace) return;
  for (const {vc, severity, message} of remarks) {
    const place = below(
      input.servicesPlace,
      'hadoop',
      'virtualClusters',
      ...(vc === undefined ? [] : [vc, 'capacity']),
    );
    input.problems.push({
      code: 'config-invalid',
      ...(severity === 'error' ? {} : {severity}),
      message: `${vc === undefined ? 'The capacities of the virtual clusters' : `The capacity of ${vc}`} ${message}.`,
      hint: 'Write capacities that make 100 together.',
      file: place.source.file,
      line: lineOf(place),
      key: keyOf(place),
    });
  }
}
