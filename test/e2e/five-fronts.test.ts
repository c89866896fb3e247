import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { expectSameLedgers } from '../support/agreement.ts';
import { agreement, FRONTS, type OpenFront } from '../support/fronts.ts';

const report = readFileSync('test/fixtures/long-report.md', 'utf8');
const agreed = agreement();

describe.each(FRONTS)('the main job over $name', ({ name, open }) => {
  let simulator: Simulator;
  let front: OpenFront;
  beforeAll(async () => {
    simulator = await startSimulator({ speed: Infinity });
    front = await open({ modelUrl: simulator.url });
  });
  afterAll(async () => {
    await front.close();
    await simulator.close();
  });

  it('a question is answered from the handbook', async () => {
    const called = await front.call('answer_question', { question: 'How do I get my money back?' });
    expect(called).toMatchObject({
      ok: true,
      output: { found: true },
      call: { finish: 'complete' },
    });
    const { answer, sources } = called.output as { answer: string; sources: string[] };
    expect(answer).toContain('within 30 days of delivery');
    expect(sources).toEqual(['How do I return an item and get my money back?']);
    expect(called.output).toEqual(agreed('answer', called.output));
  });

  it('a long report is summarized in its own words', async () => {
    const called = await front.call('summarize_text', { text: report, max_words: 120 });
    expect(called).toMatchObject({ ok: true, call: { finish: 'complete' } });
    const { summary } = called.output as { summary: string };
    const words = summary.split(/\s+/);
    expect(words.length).toBeGreaterThan(30);
    expect(words.length).toBeLessThanOrEqual(120);
    const known = new Set(report.toLowerCase().match(/\p{L}+/gu));
    for (const word of summary.toLowerCase().match(/\p{L}+/gu) ?? []) expect(known).toContain(word);
    expect(called.output).toEqual(agreed('summary', called.output));
  });

  it('what streamed on the way is what was answered', async () => {
    const { output, events } = await front.call('summarize_text', {
      text: report,
      style: 'bullets',
    });
    const text = events
      .filter(({ event }) => event === 'delta')
      .map(({ data }) => (data as { text: string }).text)
      .join('');
    const { summary } = output as { summary: string };
    if (name === 'REST JSON') expect(events).toEqual([]);
    // This client drops the progress that it reads in one piece with the result.
    else if (name === 'MCP stdio') expect(summary.startsWith(text)).toBe(true);
    else expect(text).toBe(summary);
  });

  it('our books and those of the provider agree', async () => {
    const rows = await front.rows();
    expect(rows).toHaveLength(3);
    expect(simulator.ledger()).toHaveLength(3);
    expectSameLedgers(rows, simulator.ledger());
    for (const { cost_usd } of rows) expect(cost_usd).toBeGreaterThan(0);
    const prices = rows.map(({ cost_usd }) => cost_usd);
    expect(prices).toEqual(agreed('prices', prices));
  });
});
