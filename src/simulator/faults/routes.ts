import { ApiError } from '../errors.ts';
import { readJson, sendJson } from '../http.ts';
import type { HttpExchange } from '../http.ts';
import { FAULTS } from './catalogue.ts';
import type { FaultRules } from './fault-rules.ts';

const RULES_LIMIT_BYTES = 1024 * 1024;

export interface FaultParts {
  readonly faults: FaultRules;
}

/** `POST /_sim/faults` */
export async function addFaults(
  { request, response }: HttpExchange,
  { faults }: FaultParts,
): Promise<void> {
  sendJson(response, 200, { rules: faults.add(await readJson(request, RULES_LIMIT_BYTES)) });
}

/** `GET /_sim/faults` */
export function sendFaults({ response }: HttpExchange, { faults }: FaultParts): void {
  sendJson(response, 200, { rules: faults.list(), catalogue: FAULTS });
}

/** `DELETE /_sim/faults` */
export function clearFaults({ response }: HttpExchange, { faults }: FaultParts): void {
  sendJson(response, 200, { removed: faults.clear() });
}

/** `DELETE /_sim/faults/{id}` */
export function removeFault({ response, path }: HttpExchange, { faults }: FaultParts): void {
  const id = path.slice(path.lastIndexOf('/') + 1);
  if (!faults.remove(id)) throw new ApiError('not_found_error', `no rule has the id '${id}'`);
  sendJson(response, 200, { removed: 1 });
}
