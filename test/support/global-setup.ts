import { execFileSync } from 'node:child_process';

/** Tests that start real processes start what is shipped: the build, made fresh. */
export function setup(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], { stdio: 'inherit' });
}
