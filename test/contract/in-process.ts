import { PassThrough } from 'node:stream';
import { Client } from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { vi } from 'vitest';
import type { App } from '../../src/app/app.ts';
import { serveMcpOnStdio } from '../../src/fronts/mcp/stdio.ts';
import { FRONTS, MODERN, type FrontKind } from '../support/fronts.ts';
import { openTestServer } from '../support/test-server.ts';
import { ABOUT_US, connectPerKey, overMcp } from '../support/mcp-calls.ts';
import { OWNER } from '../support/owner.ts';

/** Our stdio server as `tollgate mcp` starts it, but on pipes of this process. */
function serveOnPipes(app: App, key: string | undefined) {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const streams = [
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(toServer as never),
    vi.spyOn(process, 'stdout', 'get').mockReturnValue(toClient as never),
  ];
  try {
    const server = serveMcpOnStdio(app, key ?? null, (error) => {
      throw error;
    });
    return { server, toServer, toClient };
  } finally {
    // It has taken them by now; whatever else is written goes where it always goes.
    for (const stream of streams) stream.mockRestore();
  }
}

const stdio: FrontKind = {
  name: 'MCP stdio',
  isProcess: false,
  async open(options) {
    const testServer = await openTestServer(options);
    const { app } = testServer;
    const { call, close } = await connectPerKey(async (key) => {
      const { server, toServer, toClient } = serveOnPipes(app, key);
      const client = new Client(ABOUT_US, { versionNegotiation: { mode: { pin: MODERN } } });
      // The framing is the same in both directions.
      await client.connect(new StdioServerTransport(toClient, toServer));
      return {
        call: overMcp(client),
        async close() {
          await client.close();
          await server.close();
        },
      };
    });
    return {
      call,
      rows: async () => (await app.ledger(OWNER).calls({ limit: 1000 })).calls,
      manage: (work) => work(app),
      async close() {
        await close();
        await testServer.close();
      },
    };
  },
};

/**
 * The five ways in, without a process to start for the fifth: a process takes a second, and what is
 * said over it is made by the same code. That it starts, reads its settings and shares its file with
 * others is for the tests that take {@link FRONTS} itself.
 */
export const IN_PROCESS: readonly FrontKind[] = [
  ...FRONTS.filter(({ isProcess }) => !isProcess),
  stdio,
];
