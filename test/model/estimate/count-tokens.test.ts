import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatePrompt, estimateTokens } from '../../../src/model/estimate/count-tokens.ts';

const records = Array.from({ length: 20 }, (_, i) => ({
  id: 1000 + i * 37,
  name: ['Amber Holt', 'Jonas Weber', 'Mei Tanaka'][i % 3],
  email: `user${String(i)}@larkfield.example`,
  total: 19.95 + i,
  paid: i % 2 === 0,
  items: [{ sku: `LF-20${String(i)}`, quantity: 1 + (i % 4), price: 9.5 }],
}));

const CHINESE =
  '本店提供三十天无理由退货服务。顾客在收到商品之后，如果对质量不满意，可以在订单页面申请退款，我们会在五个工作日内处理。请保留原始包装和收据，以便仓库核对商品编号。退款将退回到您付款时使用的银行卡或电子钱包。大件家具需要预约上门取件，运费由我们承担。';
const JAPANESE =
  '当店では三十日以内の返品を受け付けています。商品に満足いただけない場合は、注文ページから返金を申請してください。返金は五営業日以内に処理されます。';
const RUSSIAN =
  'Вы можете вернуть товар в течение тридцати дней после получения заказа. Откройте раздел «Мои заказы», выберите нужный товар и нажмите кнопку «Вернуть». Деньги поступят на вашу карту в течение пяти рабочих дней после того, как склад проверит посылку.';
const UUIDS = Array.from({ length: 40 }, (_, i) => {
  const part = (n: number) =>
    ((i * 2_654_435_761 + n * 40_503) % 65_536).toString(16).padStart(4, '0');
  return `${part(1)}${part(2)}-${part(3)}-4${part(4).slice(1)}-a${part(5).slice(1)}-${part(6)}${part(7)}${part(8)}`;
}).join('\n');

/** Characters per token, measured with the tokenizer up to Opus 4.6 on texts of each kind. */
const MEASURED: [string, string, number][] = [
  ['prose', readFileSync('test/fixtures/news-paragraph.txt', 'utf8'), 3.65],
  ['markdown', readFileSync('test/fixtures/long-report.md', 'utf8'), 3.26],
  ['TypeScript', readFileSync('src/model/send-attempt.ts', 'utf8'), 4.06],
  ['indented JSON', JSON.stringify(records, null, 2), 3.19],
  ['tight JSON', JSON.stringify(records), 2.93],
  ['Chinese', CHINESE, 1.17],
  ['Japanese', JAPANESE, 1.12],
  ['Russian', RUSSIAN, 2.21],
  ['UUIDs', UUIDS, 1.63],
];

describe('the estimate of tokens', () => {
  it.each(MEASURED)('is within 25 % of what was measured for %s', (_kind, text, measured) => {
    const ratio = text.length / measured / estimateTokens(text, 1);
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.25);
  });

  it('is 30 % higher for the newer tokenizer', () => {
    const old = estimateTokens(RUSSIAN.repeat(10), 1);
    expect(estimateTokens(RUSSIAN.repeat(10), 1.3) / old).toBeCloseTo(1.3, 2);
  });

  it('of nothing is nothing, and of anything that is not a space at least one', () => {
    expect(estimateTokens('', 1)).toBe(0);
    for (const text of ['a', '1', '.', '水', 'ж', '😀', '\n'])
      expect(estimateTokens(text, 1)).toBe(1);
  });

  it.each([
    ['control characters', '\u0001', 1],
    ['line breaks', '\n', 16],
    ['tabs', '\t', 16],
    ['spaces', ' ', 32],
  ])('of a long run of %s is not one', (_kind, char, perToken) => {
    expect(estimateTokens(char.repeat(190_000), 1)).toBe(Math.ceil(190_000 / perToken));
  });

  it('is a whole number and never falls much when text is added', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const [one, both] = [estimateTokens(a, 1), estimateTokens(a + b, 1)];
        expect(Number.isInteger(both)).toBe(true);
        expect(both).toBeLessThanOrEqual(one + estimateTokens(b, 1) + 1);
        // Where two words join, one token may go.
        expect(both).toBeGreaterThanOrEqual(one - 1);
      }),
    );
  });

  it.each([
    ['one letter', 'a'],
    ['lines', '\n'],
    ['spaces', ' '],
    ['dots', '.'],
    ['digits', '7'],
    ['Han', '水'],
    ['emoji', '😀'],
    ['lone halves', '\ud83d'],
    ['nearly base64', 'abcdefghijklmnopqrstuvwxyzABCDE.'],
    ['base64 without an end', 'QUJD='],
    ['a mixture', 'aж水1. \n'],
  ])('comes to an end on 200,000 characters of %s', (_name, unit) => {
    const text = unit.repeat(Math.ceil(200_000 / unit.length));
    const tokens = estimateTokens(text, 1);
    expect(tokens).toBeGreaterThan(0);
    expect(tokens).toBeLessThanOrEqual(text.length);
  });

  it('of a prompt is that of its texts and a frame around them', () => {
    const texts = ['One text.', RUSSIAN, '{"a":1}'];
    const sum = texts.reduce((total, text) => total + estimateTokens(text, 1.3), 0);
    expect(estimatePrompt(texts, 1.3) - sum).toBe(estimatePrompt([], 1.3));
    expect(estimatePrompt([], 1)).toBeGreaterThan(0);
  });
});
