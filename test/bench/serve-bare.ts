/** The floor: one Fastify route that reads the same body and sends an answer of the same size. */
import fastify from 'fastify';
import { tellParent } from './child.ts';

const answer = JSON.parse(process.argv[2] ?? '{}') as unknown;
const server = fastify();
server.post('/', () => answer);
tellParent(await server.listen({ host: '127.0.0.1', port: 0 }));
