/** Text for a newcomer: what to open, and what to paste. */
export const banner = ({ url, ...who }: Players & { url: string }): string => `
tollgate is up: ${url}
${whoAnswers(who)}

Open
  ${url}/docs                        every route, to try out
  ${url}/v1/usage?group_by=model     what was spent
  ${url}/v1/calls                    the ledger

Paste
  curl ${url}/v1/tools/answer_question -H 'content-type: application/json' \\
    -d '{"question":"How do I get my money back?"}'

  curl -N ${url}/v1/tools/answer_question -H 'content-type: application/json' \\
    -H 'accept: text/event-stream' -d '{"question":"How do I get my money back?"}'

Agents
  claude mcp add --transport http tollgate ${url}/mcp
  Cursor, in .cursor/mcp.json:  {"mcpServers":{"tollgate":{"url":"${url}/mcp"}}}

Ctrl-C stops it. Log lines (JSON) go to standard error.
`;

interface Players {
  /** Null where nothing is simulated. */
  simulatorUrl: string | null;
  simulatedModels: readonly string[];
  /** Whether these are all. */
  simulated: boolean;
}

function whoAnswers({ simulatorUrl, simulatedModels, simulated }: Players): string {
  if (simulatorUrl === null) return 'The model is real: calls cost money.';
  const billed = `What it would have billed: ${simulatorUrl}/_sim/ledger`;
  if (simulated) return `The model is simulated: nothing costs money. ${billed}`;
  return `Without a key for Anthropic these models are simulated, the others are real: ${simulatedModels.join(', ')}. ${billed}`;
}
