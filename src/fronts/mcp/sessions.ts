import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import type { Principal } from '../../core/call/principal.ts';
import { problem } from '../../errors/problem.ts';
import { withPrincipal } from './caller.ts';
import type { NewServer } from './server.ts';

interface Session {
  transport: NodeStreamableHTTPServerTransport;
  server: ReturnType<NewServer>;
  /** Id of the principal that opened it; it answers nobody else. */
  owner: string;
  lastUsedAt: number;
  /** Requests being answered; a session at work is not idle. */
  running: number;
}

export interface SessionSettings {
  idleMs: number;
  cap: number;
  now: () => number;
}

export interface LegacyRequest {
  raw: IncomingMessage;
  body: unknown;
  /** As it was identified for this request: a session is no proof of who sends it. */
  principal: Principal;
  sessionId: string | undefined;
  isInitialize: boolean;
}

/** Longest time between looks for idle sessions. */
const SWEEP_EVERY_MS = 60_000;

/**
 * The sessions of legacy MCP clients (revisions up to 2025-11-25). They leak unless somebody ends
 * them: an idle one is closed, transport and server both, and at the cap the longest idle one makes
 * room.
 */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #newServer: NewServer;
  readonly #settings: SessionSettings;
  readonly #sweeper: NodeJS.Timeout;

  constructor(newServer: NewServer, settings: SessionSettings) {
    this.#newServer = newServer;
    this.#settings = settings;
    const every = Math.min(settings.idleMs, SWEEP_EVERY_MS);
    this.#sweeper = setInterval(() => void this.endIdle(), every).unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Answer one request. @throws ProblemError, before anything is written */
  async handle(request: LegacyRequest, response: ServerResponse): Promise<void> {
    const { raw, body, principal, sessionId, isInitialize } = request;
    const session =
      sessionId === undefined && isInitialize
        ? await this.#begin(principal)
        : this.#find(sessionId, principal);
    session.lastUsedAt = this.#settings.now();
    // A GET stays open for as long as its client lives; that alone is not work.
    if (raw.method === 'POST') {
      session.running += 1;
      response.once('close', () => {
        session.running -= 1;
        session.lastUsedAt = this.#settings.now();
      });
    }
    await session.transport.handleRequest(withPrincipal(raw, principal), response, body);
  }

  /** Close the sessions that nobody has used for too long. */
  async endIdle(): Promise<void> {
    const limit = this.#settings.now() - this.#settings.idleMs;
    const idle = this.#idle().filter(([, session]) => session.lastUsedAt < limit);
    await Promise.all(idle.map(([id]) => this.#end(id)));
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#sessions.keys()].map((id) => this.#end(id)));
  }

  async #begin(owner: Principal): Promise<Session> {
    await this.#makeRoom();
    const server = this.#newServer();
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, session);
      },
      onsessionclosed: (id) => this.#end(id),
    });
    const session = {
      transport,
      server,
      owner: owner.id,
      lastUsedAt: this.#settings.now(),
      running: 0,
    };
    await server.connect(transport);
    return session;
  }

  #find(id: string | undefined, principal: Principal): Session {
    if (id === undefined) {
      throw problem('invalid_request', {
        detail: 'The header Mcp-Session-Id is missing: open a session with an initialize request.',
      });
    }
    const session = this.#sessions.get(id);
    // The session of another looks like none: whether there is one is not for everybody to know.
    if (session?.owner === principal.id) return session;
    throw problem('unknown_session', { detail: 'This session has ended or never was.' });
  }

  async #makeRoom(): Promise<void> {
    if (this.#sessions.size < this.#settings.cap) return;
    const [longestIdle] = this.#idle().sort(([, a], [, b]) => a.lastUsedAt - b.lastUsedAt);
    if (longestIdle) return this.#end(longestIdle[0]);
    const detail = `All ${String(this.#settings.cap)} sessions are at work.`;
    throw problem('too_many_sessions', { detail, retryAfterMs: 5_000 });
  }

  #idle(): [string, Session][] {
    return [...this.#sessions].filter(([, session]) => session.running === 0);
  }

  async #end(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    await session?.server.close();
  }
}
