import {spawn} from 'node:child_process';

/** stty does nothing that could take this long. */
const patienceMs = 2000;

/** The modes of the terminal this process is before, as stty writes them; undefined where there is none. */
export async function terminalModes(): Promise<string | undefined> {
  const modes = (await stty('-g')).trim();
  return modes === '' ? undefined : modes;
}

/** An editor that was killed leaves the terminal raw, and Node would take that for what it has to give back. */
export async function restoreModes(modes: string | undefined): Promise<void> {
  if (modes !== undefined) await stty(modes);
}

function stty(argument: string): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const child = spawn('stty', [argument], {stdio: ['inherit', 'pipe', 'ignore'], timeout: patienceMs});
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', () => resolve(''));
    child.once('close', (code) => resolve(code === 0 ? said : ''));
  });
}
