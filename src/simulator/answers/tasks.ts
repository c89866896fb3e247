import { answerQuestion } from './answer.ts';
import type { AnswerRequest, OfferedLabel } from './answer-request.ts';
import { classify, splitName } from './classify.ts';
import type { Classification } from './classify.ts';
import { rewrite } from './rewrite.ts';
import { recordResolver } from './schema.ts';
import type { SchemaField, Resolve } from './schema.ts';
import { countWords } from './sentences.ts';
import { readKeywords, shapeSummary, summarize, toHeadline } from './summarize.ts';

/** The reply of a task: as plain text, and field by field when a schema asks. */
export interface Reply {
  readonly text: string;
  readonly resolve: Resolve;
}

export type AnswerTask = (ask: AnswerRequest) => Reply;

const CONFIDENCE = /confidence|certainty|score|probability/i;

/** Quotes the answer to the question from the knowledge that came with it. */
export function answerTask({ question, knowledge }: AnswerRequest): Reply {
  const { text, found, confidence, source } = answerQuestion(question, knowledge);
  const title = source ? source.title || source.heading : '';
  const cited = recordResolver({
    ...sameFor(['title', 'heading', 'name', 'document', 'source', 'question', 'entry'], title),
    ...sameFor(['quote', 'text', 'excerpt', 'snippet', 'passage', 'content'], text),
    ...sameFor(['index', 'number', 'document_index', 'id'], source?.document ?? undefined),
  });
  return {
    text,
    resolve: ({ name, schema }) => {
      if (/^(?:answer|reply|response|text|message)/i.test(name)) return text;
      if (/found|answered|answerable|known/i.test(name)) return found;
      if (CONFIDENCE.test(name)) return confidence;
      if (!/source|citation|reference|evidence|quote|title/i.test(name)) return undefined;
      if (!source) return schema['type'] === 'array' ? [] : undefined;
      if (/quote/i.test(name)) return text;
      return hasObjects(schema) ? cited : title;
    },
  };
}

function sameFor(names: readonly string[], value: unknown): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

function hasObjects({ type, items }: SchemaField['schema']): boolean {
  return type === 'object' || JSON.stringify(items ?? '').includes('"properties"');
}

/** The central sentences of the text, in the shape asked for. */
export function summarizeTask(ask: AnswerRequest): Reply {
  const { text, maxWords } = ask;
  const style = ask.style || ask.briefing;
  const summary = shapeSummary(text, { style, maxWords });
  return {
    text: summary,
    resolve: ({ name, schema }) => {
      const isList = schema['type'] === 'array';
      if (/key.?words|topics|tags/i.test(name)) return readKeywords(text, 6);
      if (/points|bullets|highlights|takeaways|sentences/i.test(name))
        return summarize(text, maxWords);
      if (/headline|title|subject/i.test(name)) return toHeadline(text);
      if (
        /^(?:summary|text|abstract|overview|tl_?dr|result|output|content|synopsis|gist)/i.test(name)
      ) {
        return isList ? summarize(text, maxWords) : summary;
      }
      return /words|word_?count/i.test(name) ? countWords(summary) : undefined;
    },
  };
}

/** The label nearest to the text; a field with choices of its own is judged by those. */
export function classifyTask({ text, labels }: AnswerRequest): Reply {
  const verdicts = new Map<string, Classification>();
  function judge(choices: readonly string[]): Classification {
    const offered: readonly OfferedLabel[] =
      choices.length > 0 ? describeChoices(choices, labels) : labels;
    const key = JSON.stringify(offered);
    const verdict = verdicts.get(key) ?? classify(text, offered);
    verdicts.set(key, verdict);
    return verdict;
  }
  const main = (): Classification => judge([]);
  return {
    text: main().label,
    resolve: ({ name, choices, schema }) => {
      if (choices.length > 0) {
        const verdict = judge(choices);
        return schema['type'] === 'array' ? verdict.all : verdict.label;
      }
      if (CONFIDENCE.test(name)) return main().confidence;
      if (/reason|explanation|rationale|why|justification/i.test(name)) return main().reason;
      if (/labels|categories|classes|tags/i.test(name)) return main().all;
      return labels.length > 0 && /label|category|class|intent|topic|type/i.test(name)
        ? main().label
        : undefined;
    },
  };
}

/** An `enum` names its members only; what they mean may stand in `<labels>`. */
function describeChoices(
  choices: readonly string[],
  labels: readonly OfferedLabel[],
): OfferedLabel[] {
  return choices.map((name) => {
    const described = labels.find((label) => splitName(label.name) === splitName(name));
    return { name, description: described?.description ?? '' };
  });
}

export function rewriteTask({ text, instruction, tone, briefing }: AnswerRequest): Reply {
  const rewritten = rewrite(text, `${instruction}\n${tone}`.trim() || briefing);
  return {
    text: rewritten,
    resolve: ({ name }) => {
      if (
        /^(?:text|rewritten|rewrite|result|output|content|revised|improved|version|message)/i.test(
          name,
        )
      ) {
        return rewritten;
      }
      if (/changes|edits/i.test(name)) return [];
      return /words|word_?count/i.test(name) ? countWords(rewritten) : undefined;
    },
  };
}
