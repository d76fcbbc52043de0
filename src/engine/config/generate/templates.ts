import type {Release} from '../release.ts';
import {isAtLeast} from '../release.ts';
import {nameOf} from '../sources.ts';

/** A file to be written, and the template of it below assets/quick-start/. */
export interface WantedFile {
  readonly name: string;
  readonly template: string;
  readonly hasSecret: boolean;
}

/** The files of a configuration, by release: four before v0.10, then layout.yaml, and config.yaml from v1.0 on. */
export function wantedFiles(release: Release): readonly WantedFile[] {
  const roles = plain(nameOf('roles'));
  const kubernetes = plain(nameOf('kubernetes'));
  if (isAtLeast(release, 'v1.0')) {
    const layout = {...plain(nameOf('layout')), template: 'layout-of-v1.yaml'};
    return [layout, secret(nameOf('deployment')), secret(nameOf('services'))];
  }
  const machines = secret(nameOf(isAtLeast(release, 'v0.10') ? 'layout' : 'machines'));
  const services = secret(nameOf('services'));
  const isOld = !isAtLeast(release, 'v0.9');
  return [machines, kubernetes, roles, isOld ? {...services, template: 'services-configuration.old.yaml'} : services];
}

function plain(name: string): WantedFile {
  return {name, template: name, hasSecret: false};
}

function secret(name: string): WantedFile {
  return {name, template: name, hasSecret: true};
}
