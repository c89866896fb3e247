/** The simulator in a thread of its own. Started with its options; says its address when it listens. */
import { parentPort, workerData } from 'node:worker_threads';
import { startSimulator } from './server.ts';
import type { SimulatorOptions } from './server.ts';

const { url } = await startSimulator(workerData as SimulatorOptions);
parentPort?.postMessage(url);
