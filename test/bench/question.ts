import { ANSWER } from '../support/fake-provider.ts';

/** The one question everybody is asked. */
export const INPUT = { question: 'How do I get my money back?' };

/** What the faked model answers, parsed. */
export const OUTPUT = JSON.parse((ANSWER.pieces ?? []).join('')) as Record<string, unknown>;
