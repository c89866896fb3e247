import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body, parsed; throws when it is not JSON. */
  json: () => unknown;
}

/** One request as it stands: also with a Host, an Origin or a body that fetch would not send. */
export function send(
  url: string,
  { method = 'GET', headers = {}, body }: RawRequest = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const given = Object.fromEntries(
      Object.entries(headers).filter(([, value]) => value !== undefined),
    );
    const outgoing = request(url, { method, headers: given, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers: received } = response;
        resolve({
          status: statusCode,
          headers: received,
          text,
          json: () => JSON.parse(text) as unknown,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

interface RawRequest {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
}
