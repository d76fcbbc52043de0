import fc from 'fast-check';

/** Keys that readers look for, so that what is made up reaches further than the first check. */
const keys = [
  ...['machine-list', 'machine-sku', 'default-machine-properties', 'hostname', 'hostip', 'k8s-role', 'pai-master'],
  ...[
    'kubernetes',
    'load-balance-ip',
    'api-servers-url',
    'cluster',
    'common',
    'docker-registry',
    'docker-registry-info',
  ],
  ...['hadoop', 'virtualClusters', 'rest-server', 'restserver', 'prometheus', 'alerting', 'webportal', 'plugins'],
  ...['authentication', 'group-manager', 'grouplist', 'hivedscheduler', 'config', 'alert-manager', 'email-configs'],
  ...[
    'hadoop-resource-manager',
    'capacity',
    'clusterinfo',
    'dockerregistryinfo',
    'remote_deployment',
    'master',
    'listname',
  ],
  ...[
    'machinelist',
    'machineinfo',
    'cpu',
    'gpu',
    'computing-device',
    'service_type',
    '<<',
    '1',
    '__proto__',
    'constructor',
  ],
];

const made = fc.letrec<{value: unknown}>((tie) => ({
  value: fc.oneof(
    {maxDepth: 5, depthSize: 'medium'},
    fc.constantFrom('true', '"true"', 'null', '', '10.0.0.1', '22', '1.10', '2018-01-01', 'master', '""', '-1', '.nan'),
    fc.array(tie('value'), {maxLength: 4}),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), {maxKeys: 6}),
  ),
})).value;

/** Texts of YAML as no configuration should be. */
export const anyYaml: fc.Arbitrary<string> = made.map((value) => `${flow(value)}\n`);

/** In brackets, so that every value is a text of YAML; scalars stay as they are written. */
function flow(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '~' : value;
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  return `{${Object.entries(value as object)
    .map(([key, item]) => `${key}: ${flow(item)}`)
    .join(', ')}}`;
}
