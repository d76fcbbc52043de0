/** Whether bytes are the beginning of a program for a processor. */

/** Bytes that are needed to tell. */
export const elfHeaderBytes = 20;

/** `e_machine` of the ELF header, by Node's names of processors. */
const machines: Readonly<Record<string, number>> = {
  arm: 40,
  arm64: 183,
  ia32: 3,
  loong64: 258,
  ppc64: 21,
  riscv64: 243,
  s390x: 22,
  x64: 62,
};

/** Why it cannot be run here, as the end of 'It …'; undefined when it can, as far as its header says. */
export function whyNoProgram(header: Uint8Array, arch: string): string | undefined {
  const bytes = Buffer.from(header);
  if (bytes.length < elfHeaderBytes || bytes.readUInt32BE(0) !== 0x7f454c46) return 'is no program of Linux';
  const [, , , , , order] = bytes;
  const machine = order === 2 ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18);
  const wanted = machines[arch];
  if (wanted === undefined || machine === wanted) return undefined;
  const [name = `number ${machine}`] = Object.entries(machines).find(([, number]) => number === machine) ?? [];
  return `is for another processor (${name}) than this computer's (${arch})`;
}
