import { sendJson } from './http.ts';
import type { HttpExchange } from './http.ts';
import { listModels, toModelInfo } from './model-list.ts';
import { findModel } from './models.ts';
import { authorize } from './validate-request.ts';

interface ModelRouteParts {
  readonly now: () => Date;
}

/** `GET /v1/models` */
export function sendModels({ request, response, query }: HttpExchange, { now }: ModelRouteParts): void {
  authorize(request.headers);
  sendJson(response, 200, listModels(query, now()));
}

/** `GET /v1/models/{id}`: a retired model is still in the catalogue. */
export function sendModel({ request, response, path }: HttpExchange, { now }: ModelRouteParts): void {
  authorize(request.headers);
  const id = path.slice(path.lastIndexOf('/') + 1);
  sendJson(response, 200, toModelInfo(findModel(id), now()));
}
