import { ApiError } from '../errors.ts';
import { readJson, sendJson } from '../http.ts';
import type { Exchange } from '../http.ts';
import { FAULTS } from './catalogue.ts';
import type { RuleBook } from './fault-rules.ts';

const RULES_LIMIT_BYTES = 1024 * 1024;

export interface FaultParts {
  readonly faults: RuleBook;
}

/** `POST /_sim/faults` */
export async function addFaults(
  { request, response }: Exchange,
  { faults }: FaultParts,
): Promise<void> {
  sendJson(response, 200, { rules: faults.add(await readJson(request, RULES_LIMIT_BYTES)) });
}

/** `GET /_sim/faults` */
export function sendFaults({ response }: Exchange, { faults }: FaultParts): void {
  sendJson(response, 200, { rules: faults.list(), catalogue: FAULTS });
}

/** `DELETE /_sim/faults` */
export function clearFaults({ response }: Exchange, { faults }: FaultParts): void {
  sendJson(response, 200, { removed: faults.clear() });
}

/** `DELETE /_sim/faults/{id}` */
export function removeFault({ response, path }: Exchange, { faults }: FaultParts): void {
  const id = path.slice(path.lastIndexOf('/') + 1);
  if (!faults.remove(id)) throw new ApiError('not_found_error', `no rule has the id '${id}'`);
  sendJson(response, 200, { removed: 1 });
}
