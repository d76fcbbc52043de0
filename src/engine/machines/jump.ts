import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';

/** A host to go through, as somebody names it. */
export interface JumpHost {
  readonly user?: string;
  readonly address: string;
  readonly port: number;
}

/** 'ops@jump1,[fd00::1]:2222' → the hosts in the order they are gone through. Throws `usage`. */
export function jumpHosts(written: string): readonly JumpHost[] {
  return written.split(',').map((part) => jumpHost(part.trim(), written));
}

// A user may hold an @ (of a domain): the last one counts.
const shape = /^(?:(?<user>.+)@)?(?:\[(?<six>[0-9a-fA-F:.]+(?:%\w+)?)\]|(?<host>[^@:[\]\s/]+))(?::(?<port>\d{1,5}))?$/;

function jumpHost(part: string, written: string): JumpHost {
  const {user, six, host, port = '22'} = shape.exec(part)?.groups ?? {};
  const address = six ?? host;
  // What begins with a dash is an option to whoever hands it on.
  if (address === undefined || address.startsWith('-') || Number(port) < 1 || Number(port) > 65_535) {
    throw new ProblemError({
      code: 'usage',
      message: `The host to go through cannot be read: ${displayText(written)}.`,
      hint: 'Write USER@HOST:PORT, as in ops@jump1 or ops@[fd00::1]:2222; several with commas between them.',
    });
  }
  return {...(user === undefined ? {} : {user}), address, port: Number(port)};
}
