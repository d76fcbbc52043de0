/** Whether a machine has the images it needs, or gets them from their registries. */

import {registryOf} from '../../../tools.ts';
import {imagesOf, type NeededImage} from '../question.ts';
import type {ImageFact, MachineAnswer} from '../types.ts';
import {failed, type MachineRule, ok, type SeenMachine, unknown, type Verdict, warning, withAnswer} from './rule.ts';

interface Needed extends NeededImage {
  readonly found: ImageFact;
}

function neededOf({images}: MachineAnswer, {machine, cluster}: SeenMachine): readonly Needed[] {
  return imagesOf(machine, cluster).map((needed) => ({
    ...needed,
    found: images.find(({image}) => image === needed.reference) ?? {image: needed.reference, state: 'unknown'},
  }));
}

/** Each registry once. Those of which everything is here already were not asked. */
export const registry: MachineRule = {
  check: 'registry',
  judge: withAnswer((answer, seen) => {
    const wanted = neededOf(answer, seen).filter(({found}) => found.state !== 'here');
    if (wanted.length === 0) return [ok('None is needed: all images are here.')];
    const registries = [...new Set(wanted.map(({reference}) => registryOf(reference)))];
    return registries.map((name) =>
      judgeRegistry(
        name,
        wanted.filter(({reference}) => registryOf(reference) === name),
      ),
    );
  }),
};

function judgeRegistry(name: string, images: readonly Needed[]): Verdict {
  const lost = images.filter(({found}) => found.state === 'unreachable');
  if (lost.length > 0) {
    const said = lost.find(({found}) => found.said)?.found.said;
    const detail = `${name} cannot be reached from here${said === undefined ? '' : ` (${withoutStop(said)})`}; ${listed(lost)} ${lost.length === 1 ? 'is' : 'are'} not here.`;
    const fix = `See that the machine reaches ${name}, or load the images with 'docker load'.`;
    return lost.every(({optional}) => optional) ? warning(detail, fix) : failed(detail, fix);
  }
  if (images.every(({found}) => found.state === 'unknown')) {
    const said = images.find(({found}) => found.said)?.found.said;
    return unknown(
      `Whether ${name} can be reached was not to be asked${said === undefined ? ': neither docker, curl nor wget is there' : ` (${withoutStop(said)})`}.`,
    );
  }
  return ok(`${name} answers.`);
}

/** What is unreachable is told by the check of registries. */
export const images: MachineRule = {
  check: 'images',
  judge: withAnswer((answer, seen) => {
    const needed = neededOf(answer, seen);
    const in_ = (state: ImageFact['state']) => needed.filter(({found}) => found.state === state);
    const verdicts: Verdict[] = [
      ...absent(in_('absent')),
      ...plain(in_('plain'), seen.cluster.docker.insecureRegistries ?? []),
      ...(in_('refused').length > 0
        ? [
            unknown(
              `The registry wants a login before it tells of ${listed(in_('refused'))}.`,
              "Log in there: 'docker login' as root.",
            ),
          ]
        : []),
      ...(in_('unknown').length > 0
        ? [unknown(`Whether ${listed(in_('unknown'))} can be had was not to be asked.`)]
        : []),
    ];
    if (verdicts.length > 0) return verdicts;
    const [here, there] = [in_('here').length, in_('there').length + in_('plain').length];
    if (here + there < needed.length)
      return [
        unknown(`Whether ${listed(in_('unreachable'))} can be had is not known: their registry does not answer.`),
      ];
    return [ok(there === 0 ? `All ${here} are here.` : `${here} are here, ${there} in their registry.`)];
  }),
};

function absent(images: readonly Needed[]): readonly Verdict[] {
  const fix = 'Push it there, or name another one under kubernetes, pai-tui, images.';
  return [images.filter(({optional}) => !optional), images.filter(({optional}) => optional)].flatMap((some, index) => {
    if (some.length === 0) return [];
    const detail = `Their registry does not have ${listed(some)}.`;
    return [index === 0 ? failed(detail, fix) : warning(detail, fix)];
  });
}

/** Those that the configuration lets docker take so are written into its settings before it is asked for them. */
function plain(found: readonly Needed[], insecure: readonly string[]): readonly Verdict[] {
  const images = found.filter(({reference}) => !insecure.includes(registryOf(reference)));
  if (images.length === 0) return [];
  const registries = [...new Set(images.map(({reference}) => registryOf(reference)))].join(', ');
  return [
    failed(
      `${registries} speaks HTTP without TLS, and docker does not take ${listed(images)} from there.`,
      'Write it under kubernetes, pai-tui, docker, insecure-registries, or give the registry a certificate.',
    ),
  ];
}

function listed(images: readonly Needed[]): string {
  return images.map(({reference}) => reference).join(', ');
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}
