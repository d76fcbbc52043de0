/** Whether the values of a registry section can be parts of an image reference. */

import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import type {RegistrySection, RegistryValues} from './registry-section.ts';

/** Every mistake at once, with what to write instead. Never shows the password. */
export function checkRegistryValues(
  values: RegistryValues,
  section: Pick<RegistrySection, 'place'>,
  file: string,
): Problem[] {
  const problems: Problem[] = [];
  const wrong = (setting: keyof RegistryValues, code: 'config-invalid' | 'registry-setting-missing') => {
    const {key, line} = section.place(setting);
    return (message: string, hint: string, severity?: 'warning') =>
      problems.push({code, message: `${key} ${message}`, hint, file, key, line, ...(severity ? {severity} : {})});
  };
  for (const setting of ['domain', 'namespace', 'tag'] as const) {
    const value = values[setting];
    const lastKey = section.place(setting).key.split('.').at(-1);
    const {example, isValid, what} = rules[setting];
    if (value === undefined) wrong(setting, 'registry-setting-missing')('is missing.', `Write ${lastKey}: ${example}`);
    else if (!isValid(value)) {
      const better = rules[setting].better(value);
      wrong(setting, 'config-invalid')(
        `is "${displayText(value).slice(0, 100)}", but ${what}.`,
        `Write ${lastKey}: ${isValid(better) && better !== '' ? better : example}`,
      );
    }
  }
  const {domain, username, password} = values;
  if (domain !== undefined && rules.domain.isValid(domain) && !/[.:]|^localhost$|^public$/.test(domain)) {
    wrong('domain', 'config-invalid')(
      `is "${domain}", which Docker takes for a name on Docker Hub, for there is neither a dot nor a port in it.`,
      `Write ${section.place('domain').key.split('.').at(-1)}: ${domain}:443, or with the port it listens on.`,
    );
  }
  if (username !== undefined && password === undefined) {
    wrong('password', 'config-invalid')('is missing beside the user name.', loginHint, 'warning');
  }
  if (password !== undefined && username === undefined) {
    wrong('username', 'config-invalid')('is missing beside the password.', loginHint, 'warning');
  }
  return problems;
}

const loginHint = 'Give both, or neither: then the credentials of the docker configuration are used.';

const rules = {
  domain: {
    example: 'registry.example.com:5000',
    what: 'a registry is a host with or without a port, without http:// and without a path',
    isValid: (text: string) =>
      /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(text),
    better: (text: string) =>
      text
        .trim()
        .replace(/^[a-z]+:\/\//i, '')
        .replace(/\/.*$/, ''),
  },
  namespace: {
    example: 'openpai',
    what: 'a namespace is lower case letters and digits, with single . _ - / between them',
    isValid: (text: string) => text === '' || /^[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*$/.test(text),
    better: (text: string) =>
      text
        .trim()
        .toLowerCase()
        .replace(/^\/+|\/+$/g, ''),
  },
  tag: {
    example: 'latest',
    what: 'a tag is letters, digits and . _ -, at most 128, not beginning with . or -',
    isValid: (text: string) => /^\w[\w.-]{0,127}$/.test(text),
    better: (text: string) =>
      text
        .trim()
        .replace(/^:/, '')
        .replace(/[^\w.-]+/g, '-'),
  },
} as const;
