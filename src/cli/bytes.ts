const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** '512 B', '1.5 GiB', '187 GiB': in powers of 1024, as free -h counts. */
export function showBytes(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit > 0 && amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${units[unit]}`;
}
