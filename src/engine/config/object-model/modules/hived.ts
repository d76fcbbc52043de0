import {Copier, type ValueMap} from '../../context-values.ts';
import {Origins} from '../../origins.ts';
import {SourceFile} from '../../source-file.ts';
import {readYaml} from '../../yaml.ts';
import {placeIn} from '../../yaml-access.ts';
import {workerDevices} from './devices.ts';
import type {ModuleInput} from './types.ts';

/** hivedscheduler: its configuration is YAML inside of a text, which templates want parsed and indented. */
export function addHived(input: ModuleInput): void {
  const {own, assign, problem} = input;
  const config = own.get('config');
  const text = typeof config === 'string' ? config : '';
  const kinds = workerDevices(input);
  if (kinds.length > 1 && text.trim() === '') {
    const message = `The workers have ${kinds.length} kinds of devices (${kinds.join(', ')}), and hivedscheduler has no config.`;
    problem(['config'], message, 'Write hivedscheduler.config, or give all workers the same computing-device.type.');
  }
  const yaml = readYaml(text, 'hivedscheduler.config');
  for (const {message, severity, line} of yaml.problems) {
    const where = `In hivedscheduler.config, line ${line}:`;
    problem(
      ['config'],
      `${where} ${message}`,
      'Mend the text at this line.',
      severity === 'warning' ? severity : undefined,
    );
  }
  const parsed = new Copier(new Origins()).copy(placeIn(new SourceFile('hivedscheduler.config', 0, text, yaml)));
  const structured: ValueMap = parsed instanceof Map ? parsed : new Map();
  assign.derived(own, 'structured-config', structured, 'config');
  if (typeof config === 'string') assign.derived(own, 'config', text.replaceAll('\n', '\n    '), 'config, indented');
}
