import {floatOf} from './convert-number.ts';
import {Fault} from './fault.ts';
import {floatArithmetic} from './float-arithmetic.ts';
import type {Meter} from './meter.ts';
import type {Operator} from './types.ts';

/** Whole numbers have no largest one; division gives a float, // and % round down. */
export function intArithmetic(operator: Operator, left: bigint, right: bigint, meter: Meter): bigint | number {
  if (!isSmall(left) || !isSmall(right)) chargeFor(operator, left, right, meter);
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return multiplied(left, right);
    case '/':
      return trueQuotient(left, right);
    case '//':
      if (right === 0n) throw new Fault('ZeroDivisionError', 'integer division or modulo by zero');
      return floorQuotient(left, right);
    case '%':
      if (right === 0n) throw new Fault('ZeroDivisionError', 'integer modulo by zero');
      return left - floorQuotient(left, right) * right;
    case '**':
      return power(left, right, meter);
  }
}

/** Digits beyond which a whole number is no quantity any more. */
const mostBits = 1_000_000;

/** Long numbers take as many steps as their digits need. */
function chargeFor(operator: Operator, left: bigint, right: bigint, meter: Meter): void {
  const [one, other] = [bitLength(left) / 64, bitLength(right) / 64];
  meter.spend(operator === '+' || operator === '-' ? one + other : one + other + (one * other) / 64);
}

function multiplied(left: bigint, right: bigint): bigint {
  if (isSmall(left) && isSmall(right)) return left * right;
  const bits = bitLength(left) + bitLength(right);
  if (bits > mostBits) throw new Fault('Limit', 'This makes a number that is too large.');
  return left * right;
}

function isSmall(value: bigint): boolean {
  return value < 0x10000000000000000n && value > -0x10000000000000000n;
}

function bitLength(value: bigint): number {
  return value.toString(16).length * 4;
}

function floorQuotient(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

/** The float nearest to the exact quotient. */
function trueQuotient(left: bigint, right: bigint): number {
  if (right === 0n) throw new Fault('ZeroDivisionError', 'division by zero');
  if (isExact(left) && isExact(right)) return Number(left) / Number(right);
  const isNegative = left < 0n !== right < 0n;
  const size = exactQuotient(left < 0n ? -left : left, right < 0n ? -right : right);
  if (size === Number.POSITIVE_INFINITY) {
    throw new Fault('OverflowError', 'integer division result too large for a float');
  }
  return isNegative ? -size : size;
}

function isExact(value: bigint): boolean {
  return value <= 0x20000000000000n && value >= -0x20000000000000n;
}

function exactQuotient(left: bigint, right: bigint): number {
  // 66 bits and a sticky one, so that the one rounding that Number() does is the right one.
  const shift = 66 - (left.toString(2).length - right.toString(2).length);
  const numerator = shift > 0 ? left << BigInt(shift) : left;
  const denominator = shift < 0 ? right << BigInt(-shift) : right;
  const quotient = numerator / denominator;
  const sticky = numerator % denominator === 0n ? 0n : 1n;
  const scaled = Number((quotient << 1n) | sticky);
  const exponent = -shift - 1;
  // In two parts, since 2 ** -1100 alone is nothing.
  const half = Math.trunc(exponent / 2);
  return scaled * 2 ** half * 2 ** (exponent - half);
}

function power(base: bigint, exponent: bigint, meter: Meter): bigint | number {
  if (exponent < 0n) return floatArithmetic('**', floatOf(base), floatOf(exponent));
  if (base === 0n || base === 1n || base === -1n || exponent < 2n) {
    // These never grow, however high the power.
    return base ** (exponent > 1n ? 2n + (exponent % 2n) : exponent);
  }
  const bits = BigInt(bitLength(base)) * exponent;
  if (bits > BigInt(mostBits)) throw new Fault('Limit', 'This makes a number that is too large.');
  meter.spend(Number(bits) / 64);
  return base ** exponent;
}
