/** The settings of the proxy on masters that takes plain HTTP on port 8080 and speaks TLS to the API server. */

import {createHash} from 'node:crypto';
import {Secret} from '../../secret.ts';
import type {ClusterLayout} from '../layout/types.ts';
import type {PackageChoice} from './choice.ts';
import {plainHttpSources} from './context.ts';

export const plainHttpFile = '/etc/kubernetes/plain-http/haproxy.cfg';

/** Where the token comes from: a Secret that objects/plain-http.yaml makes. */
export const plainHttpToken = {
  apiVersion: 'v1',
  kind: 'Secret',
  name: 'plain-http-api',
  namespace: 'kube-system',
} as const;

/** For haproxy; whoever reads it may do what the token's account may. The digest says whether it is another one. */
export function plainHttpSettings(
  layout: ClusterLayout,
  choice: PackageChoice,
  token: Secret,
): {readonly text: Secret; readonly digest: string} {
  if (!/^[\w.-]+$/.test(token.reveal())) throw new Error('no token of an account');
  const text = `# Plain HTTP from machines of the cluster alone, with the rights of an account that only looks.
global
  maxconn 2000
defaults
  mode http
  timeout connect 2s
  timeout client 1h
  timeout server 1h
frontend plain
  bind *:8080
${plainHttpSources(layout, choice)
  .map((source) => `  acl of_cluster src ${source}\n`)
  .join('')}  http-request deny unless of_cluster
  http-request set-header Authorization "Bearer ${token.reveal()}"
  default_backend api
backend api
  server api 127.0.0.1:${layout.masterPort} ssl verify required verifyhost kubernetes ca-file /etc/kubernetes/pki/ca.crt
`;
  return {text: new Secret(text), digest: createHash('sha256').update(text).digest('hex').slice(0, 16)};
}
