import {createPrivateKey} from 'node:crypto';
import {type FileHandle, open} from 'node:fs/promises';
import ssh2, {type ParsedKey} from 'ssh2';
import {type Problem, ProblemError} from '../problem.ts';
import type {Secret} from '../secret.ts';

/** Private keys are some kilobytes. */
const mostBytes = 256 * 1024;

/**
 * Reads private keys, each file once while it stays as it is: to open one with a passphrase takes half a second of
 * computing, and a thousand machines may have the same. Throws `file-unreadable` or `secret-missing`.
 */
export class KeyFiles {
  readonly #known = new Map<string, {readonly passphrase: Secret | undefined; readonly key: ParsedKey}>();

  async read(file: string, passphrase: Secret | undefined): Promise<ParsedKey> {
    const {text, stamp} = await readKeyFile(file);
    const known = this.#known.get(stamp);
    if (known !== undefined && known.passphrase?.reveal() === passphrase?.reveal()) return known.key;
    const key = parse(file, text, passphrase);
    this.#known.set(stamp, {passphrase, key});
    return key;
  }
}

async function readKeyFile(file: string): Promise<{text: string; stamp: string}> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const found = await handle.stat();
    if (!found.isFile()) throw unreadable(file, 'it is no file');
    if (found.size > mostBytes) throw unreadable(file, 'it is far larger than a private key');
    refuseOthersReading(file, found);
    const text = await handle.readFile('latin1');
    return {text, stamp: `${file} ${found.ino} ${found.size} ${found.mtimeMs}`};
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const {code} = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : String(error);
    throw unreadable(file, why, {cause: error});
  } finally {
    await handle?.close();
  }
}

/** As OpenSSH does: one's own private key that others may read is not used, since it may be everybody's by now. */
function refuseOthersReading(file: string, {uid, mode}: {uid: number; mode: number}): void {
  if (uid !== process.getuid?.() || (mode & 0o077) === 0) return;
  throw new ProblemError({
    code: 'file-unreadable',
    message: `The private key ${file} is not used, because others may read it (mode ${(mode & 0o777).toString(8)}).`,
    hint: `chmod 600 ${file}`,
    file,
  });
}

function parse(file: string, text: string, passphrase: Secret | undefined): ParsedKey {
  const parsed = ssh2.utils.parseKey(asKnownFormat(file, text, passphrase), passphrase?.reveal());
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined) throw unreadable(file, 'it holds no key');
  if (!(key instanceof Error)) {
    if (key.isPrivateKey()) return key;
    throw unreadable(file, 'it holds a public key, not a private one');
  }
  if (/no passphrase given/.test(key.message)) throw new ProblemError(passphraseMissing(file));
  if (/bad passphrase/i.test(key.message)) throw wrongPassphrase(file);
  throw unreadable(file, `it is not a private key that can be read (${key.message})`);
}

/** PKCS#8 (`ssh-keygen -m PKCS8`, openssl) is turned into what ssh2 knows. */
function asKnownFormat(file: string, text: string, passphrase: Secret | undefined): string {
  if (!/^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return text;
  if (text.startsWith('-----BEGIN ENCRYPTED') && passphrase === undefined) {
    throw new ProblemError(passphraseMissing(file));
  }
  try {
    const key = createPrivateKey({key: text, format: 'pem', ...(passphrase ? {passphrase: passphrase.reveal()} : {})});
    const type = key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs1';
    return key.export({type, format: 'pem'}).toString();
  } catch (error) {
    if (/bad decrypt|BAD_DECRYPT/.test(String(error))) throw wrongPassphrase(file);
    throw unreadable(file, 'it is not a private key that can be read', {cause: error});
  }
}

function passphraseMissing(file: string): Problem {
  return {
    code: 'secret-missing',
    message: `The private key ${file} has a passphrase, and none was given.`,
    hint: 'Give its passphrase, or add the key to an agent: ssh-add.',
    file,
  };
}

function wrongPassphrase(file: string): ProblemError {
  return new ProblemError({
    code: 'secret-missing',
    message: `The passphrase given is not that of the private key ${file}.`,
    hint: `Try it with: ssh-keygen -y -f ${file}`,
    file,
  });
}

function unreadable(file: string, why: string, options?: {cause: unknown}): ProblemError {
  return new ProblemError(
    {
      code: 'file-unreadable',
      message: `The private key ${file} cannot be used: ${why}.`,
      hint: 'Name another key file, or log in by password or agent.',
      file,
    },
    options,
  );
}
