import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';

/** Write each piece in a packet of its own, if it can be. @returns whether the client stayed for all of it */
export async function writePieces(
  response: ServerResponse,
  pieces: Iterable<string | Uint8Array>,
  onTaken: () => void = () => undefined,
): Promise<boolean> {
  for (const piece of pieces) {
    await new Promise<void>((resolve) => {
      response.once('close', resolve);
      response.write(piece, () => {
        response.off('close', resolve);
        resolve();
      });
    });
    if (response.destroyed) return false;
    onTaken();
    await turn();
  }
  return true;
}
