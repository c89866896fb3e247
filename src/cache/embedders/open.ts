import type { Embedder } from './embedder.ts';
import { httpEmbedder, type HttpOptions } from './http.ts';
import { lexicalEmbedder } from './lexical.ts';
import { onnxEmbedder } from './onnx.ts';

const ONNX = 'onnx:';

/**
 * The embedder of a setting: `lexical`, `http`, `onnx:<folder>`, or none for `off`.
 * @throws Error that names what is missing
 */
export function openEmbedder(setting: string, options: HttpOptions | undefined): Embedder | null {
  if (setting === 'off') return null;
  if (setting === 'lexical') return lexicalEmbedder();
  if (setting.startsWith(ONNX)) return onnxEmbedder(setting.slice(ONNX.length));
  if (setting !== 'http')
    throw new Error(`there is no embedder "${setting}": lexical, http, onnx:<folder> or off`);
  if (options) return httpEmbedder(options);
  throw new Error(
    'the embedder http needs `embedding` in tollgate.yaml: url, model, usd_per_million_tokens',
  );
}
