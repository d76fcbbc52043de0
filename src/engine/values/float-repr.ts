/** Floats as Python's repr writes them: the shortest digits that give the number back. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const {digits, exponent} = shortestDigits(Math.abs(value));
  // Python writes an exponent from 1e16 up and below 1e-4.
  if (exponent < -4 || exponent >= 16) return sign + scientific(digits, exponent);
  return sign + positional(digits, exponent);
}

/** value = 0.d1d2d3… × 10^(exponent + 1), with the fewest digits. */
function shortestDigits(value: number): {readonly digits: string; readonly exponent: number} {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  return {digits: mantissa.replace('.', ''), exponent: Number(exponent)};
}

/** 1e+16, 1.5e-07: at least two digits of exponent. */
export function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function positional(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${whole}.${digits.slice(exponent + 1) || '0'}`;
}
