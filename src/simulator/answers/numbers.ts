/** Reads `1,234.50`, `1.234,50`, `€ 1 234`, `(12)` and `45%` as the number they mean. */
export function readNumber(text: string): number | undefined {
  const found = /[-−(]?\s*\p{Sc}?\s*[-−]?\d[\d.,'’\s]*/u.exec(text)?.[0];
  if (found === undefined) return undefined;
  const digits = found.replace(/[^\d.,]/g, '').replace(/[.,]+$/, '');
  const value = Number(toPointDecimal(digits));
  return /[-−(]/.test(found) ? -value : value;
}

/** The last separator is the decimal one, unless it stands before exactly three digits or repeats. */
function toPointDecimal(digits: string): string {
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  if (last < 0) return digits;
  const separator = digits.charAt(last);
  const tail = digits.slice(last + 1);
  const isMixed = digits.includes('.') && digits.includes(',');
  const repeats = digits.indexOf(separator) !== last;
  const isThousands = repeats || (!isMixed && tail.length === 3 && separator === ',');
  const whole = digits.slice(0, last).replace(/[.,]/g, '');
  return isThousands && !(isMixed && !repeats) ? digits.replace(/[.,]/g, '') : `${whole}.${tail}`;
}
