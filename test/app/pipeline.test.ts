import { afterEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app/app.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { pipeline, type PipelineParts } from '../../src/app/pipeline.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { invoke, testApp } from '../support/test-app.ts';

let app: App | undefined;
afterEach(() => app?.close());

describe('the pipeline', () => {
  it('has its layers in the order of the design', () => {
    const layers = pipeline({ tools: [], replay: {}, cache: {} } as unknown as PipelineParts);
    expect(layers.map((layer) => layer.name)).toEqual([
      'traceCall',
      'recordCall',
      'mapErrors',
      'checkAccess',
      'validateInput',
      'replayIdempotent',
      'noteSimulated',
      'choosePrompt',
      'answerFromExact',
      'shareInFlight',
      'enforceDeadline',
      'planCall',
      'holdBudget',
      'answerFromSimilar',
      'storeAnswer',
      'validateOutput',
      'runTool',
    ]);
  });

  it('answers, streams the one field that streams, and leaves a priced row', async () => {
    app = testApp({ provider: fakeProvider(ANSWER) });
    const ended = await invoke(app, 'answer_question', { question: 'How do I return this?' });
    expect(ended).toMatchObject({
      ok: true,
      output: { answer: 'Within 30 days.', found: true, sources: ['Returns'] },
    });
    expect(ended.events[0]).toMatchObject({ event: 'call', data: { prompt: 'faq@v1' } });
    const text = ended.events.flatMap((e) => (e.event === 'delta' ? [e.data.text] : [])).join('');
    expect(text).toBe('Within 30 days.');
    // 100 in at 2 USD and 20 out at 10 USD per million: 400,000 nano-dollars.
    expect(await app.ledger(LOCAL).call(ended.call.id)).toMatchObject({
      cost_usd: 0.0004,
      finish: 'complete',
      served_by: 'model',
      route: { chain: 'balanced' },
      usage: { input: 100, output: 20, source: 'provider' },
      attempts: [{ outcome: 'ok', reached: 'answered', reason: 'The first of the chain.' }],
    });
  });
});
