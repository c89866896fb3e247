/** The simulator as it ships, at the pace of a real model. */
import { tellParent } from './child.ts';
import { startSimulator } from './shipped.ts';

const { url } = await startSimulator({ seed: 'bench' });
tellParent(url);
