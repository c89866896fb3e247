import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContentClass } from '../../../src/model/estimate/content-class.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

/** About so long, cut between lines. */
function pieces(text: string, chars: number): string[] {
  const found: string[] = [];
  let piece = '';
  for (const line of text.split('\n')) {
    piece += `${line}\n`;
    if (piece.length < chars) continue;
    found.push(piece);
    piece = '';
  }
  return found.length === 0 ? [piece] : found;
}

export const CHINESE = [
  '本店提供三十天无理由退货服务。顾客在收到商品之后，如果对质量不满意，可以在订单页面申请退款，我们会在五个工作日内处理。',
  '请保留原始包装和收据，以便仓库核对商品编号。退款将退回到您付款时使用的银行卡或电子钱包。',
  '大件家具需要预约上门取件，运费由我们承担。如果包裹在运输途中损坏，请拍照并在四十八小时内联系客服。',
  '会员每消费 100 元可以获得 5 个积分，积分在 12 个月内有效，可以在结账时抵扣现金。',
  '订单 LF-20481 已于 2026 年 11 月 3 日发货，预计 3 至 5 天送达，快递单号可以在“我的订单”中查询。',
  '如果您忘记了密码，请点击登录页面上的“忘记密码”，我们会向您的邮箱发送一封重置邮件。',
  '周末和法定节假日客服的工作时间是上午九点到下午六点，其他时间请留言，我们会尽快回复您。',
];

const PYTHON = `import os
from typing import Any

def load(path: str, strict=False) -> dict[str, Any]:
    """Read the settings."""
    with open(path) as handle:
        data = json.load(handle)
    for key, value in data.items():
        if strict and key not in KNOWN:
            raise ValueError(f"unknown key {key}")
    return {k: v for k, v in data.items() if v is not None}
`;

const SQL = `SELECT c.id, c.name, sum(o.total) AS spent
FROM customers c
JOIN orders o ON o.customer_id = c.id
WHERE o.created_at >= now() - interval '30 days'
GROUP BY c.id, c.name
HAVING sum(o.total) > 100;
`;

const order = (i: number): object => ({
  id: 1000 + i * 37,
  customer: { name: ['Amber Holt', 'Jonas Weber', 'Mei Tanaka'][i % 3], vip: i % 4 === 0 },
  email: `user${String(i)}@larkfield.example`,
  total: 19.95 + i,
  items: [{ sku: `LF-20${String(i)}`, title: 'Oak side table', quantity: 1 + (i % 4) }],
});

const orders = (count: number, indent?: number): string =>
  JSON.stringify(
    Array.from({ length: count }, (_, i) => order(i)),
    null,
    indent,
  );

/** Texts of each kind as people send them. */
export const TEXTS: Record<ContentClass, readonly string[]> = {
  prose: [
    ...filesOf('test/fixtures', '.txt'),
    ...filesOf('test/simulator/fixtures', '.txt'),
    'test/fixtures/long-report.md',
    'prompts/_shared/handbook.md',
  ].flatMap((path) => pieces(read(path), 2_000)),
  code: [
    ...filesOf('src/model', '.ts').flatMap((path) => pieces(read(path), 1_500)),
    ...[PYTHON, SQL],
  ],
  json: [
    ...filesOf('test/fixtures', '.schema.json').map(read),
    read('test/fixtures/support-labels.json'),
    ...[2, 5, 9, 20].flatMap((count) => [orders(count), orders(count, 2)]),
    '[[1,2.5,3],[4,5.25,6],[7,8.75,9]]',
  ],
  cjk: [1, 2, 3, 4, 5, 6].flatMap((count) =>
    CHINESE.map((_, from) => [...CHINESE, ...CHINESE].slice(from, from + count).join('\n')),
  ),
};
