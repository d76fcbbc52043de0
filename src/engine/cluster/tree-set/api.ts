import {askMachine} from '../../machine-answer.ts';
import type {MachineAccess} from '../../machine-tools.ts';
import type {Look} from '../boot/wait.ts';

/**
 * $2: host, $3: port. Tells the first line of the answer. Asked by bash, which the scripts of trees need anyway and which
 * opens connections by itself.
 */
const plainApiScript = `mark=$1
said=$(timeout 10 bash -c '
  exec 3<>"/dev/tcp/$1/$2" || exit
  printf "GET /healthz HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n" "$1" >&3
  head -n 1 <&3' bash "$2" "$3" 2>&1 | tr -d '\\r' | head -n 1)
printf '%s said %s\\n%s end ended\\n' "$mark" "$said" "$mark"
`;

/**
 * Whether an API server answers by plain HTTP, as a machine reaches it. One that wants TLS or a login is one too. Found is
 * the first line of its answer: 'HTTP/1.0 200 OK'.
 */
export async function lookAtPlainApi(
  machines: MachineAccess,
  from: string,
  {host, port}: {readonly host: string; readonly port: number},
  signal: AbortSignal,
): Promise<Look<string>> {
  const command = {script: plainApiScript, args: [host, String(port)], reads: true, deadlineMs: 30_000} as const;
  const {answer} = await machines.use(from, (remote) => askMachine(remote, command, signal), signal);
  const said = answer.first('said')?.trim() ?? '';
  if (/^HTTP\/1\.\d (200|400|401|403)\b/.test(said)) return {found: said};
  return {waitsFor: said === '' ? `nobody answers at ${host}:${port}` : `${host}:${port} says: ${said}`};
}
