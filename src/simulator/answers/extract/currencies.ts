const CURRENCIES: readonly (readonly [mark: RegExp, code: string])[] = [
  [/\bEUR\b|€|\beuros?\b/i, 'EUR'],
  [/\bGBP\b|£|\bpounds sterling\b/i, 'GBP'],
  [/\bCHF\b/, 'CHF'],
  [/\bJPY\b|¥/, 'JPY'],
  [/\bINR\b|₹/, 'INR'],
  [/\bUSD\b|\$|\bdollars?\b/i, 'USD'],
];

/** The ISO code of the currency a text calculates in. */
export function toCurrency(text: string): string | undefined {
  return CURRENCIES.find(([mark]) => mark.test(text))?.[1];
}
