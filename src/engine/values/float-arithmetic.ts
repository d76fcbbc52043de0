import {Fault} from './fault.ts';
import type {Operator} from './types.ts';

/** As C does, with Python's rules for // and %, whose sign is that of the divisor. */
export function floatArithmetic(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) throw new Fault('ZeroDivisionError', 'float division by zero');
      return left / right;
    case '//':
      if (right === 0) throw new Fault('ZeroDivisionError', 'float floor division by zero');
      return floorAndRest(left, right).floor;
    case '%':
      if (right === 0) throw new Fault('ZeroDivisionError', 'float modulo by zero');
      return floorAndRest(left, right).rest;
    case '**':
      return power(left, right);
  }
}

/** CPython's float_divmod. */
function floorAndRest(left: number, right: number): {floor: number; rest: number} {
  let rest = left % right;
  let quotient = (left - rest) / right;
  if (rest !== 0) {
    if (right < 0 !== rest < 0) {
      rest += right;
      quotient -= 1;
    }
  } else rest = right < 0 ? -0 : 0;
  if (quotient === 0) return {floor: left / right < 0 || Object.is(left / right, -0) ? -0 : 0, rest};
  let floor = Math.floor(quotient);
  if (quotient - floor > 0.5) floor += 1;
  return {floor, rest};
}

function power(base: number, exponent: number): number {
  if (base === 1 || exponent === 0) return 1;
  if (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent)) return 1;
  if (base === 0 && exponent < 0) {
    throw new Fault('ZeroDivisionError', '0.0 cannot be raised to a negative power');
  }
  if (base < 0 && Number.isFinite(base) && Number.isFinite(exponent) && !Number.isInteger(exponent)) {
    throw new Fault('Unsupported', 'A negative number to a broken power is a complex number, which is not supported.');
  }
  const result = base ** exponent;
  if (!Number.isFinite(result) && Number.isFinite(base) && Number.isFinite(exponent)) {
    throw new Fault('OverflowError', "(34, 'Numerical result out of range')");
  }
  return result;
}
