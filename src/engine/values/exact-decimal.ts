/** Floats written with a given number of digits, exactly, halves to even, as C and Python do. */

/** |value| with that many digits after the point; negative ones round to tens, hundreds … */
export function fixedDigits(value: number, places: number): string {
  const units = roundedUnits(Math.abs(value), places);
  if (places <= 0) return (units * 10n ** BigInt(-places)).toString();
  const digits = units.toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** |value| as `count` significant digits and the power of ten of the first one. */
export function significantDigits(value: number, count: number): {readonly digits: string; readonly exponent: number} {
  const size = Math.abs(value);
  if (size === 0) return {digits: '0'.repeat(count), exponent: 0};
  const exponent = Number(size.toExponential().split('e')[1]);
  const digits = roundedUnits(size, count - 1 - exponent).toString();
  // 9.99 with two digits is 10.
  return digits.length > count ? {digits: digits.slice(0, count), exponent: exponent + 1} : {digits, exponent};
}

/** value × 10^places as a whole number, halves to even. */
function roundedUnits(value: number, places: number): bigint {
  const {mantissa, exponent} = parts(value);
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent > 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (places > 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}

/** value = mantissa × 2^exponent, for a value that is finite and not negative. */
function parts(value: number): {readonly mantissa: bigint; readonly exponent: number} {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? {mantissa: fraction, exponent: -1074}
    : {mantissa: fraction | 0x10000000000000n, exponent: biased - 1075};
}
