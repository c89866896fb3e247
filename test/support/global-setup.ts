import { execSync } from 'node:child_process';

/** Tests that start real processes start what is shipped: the build, made fresh. */
export function setup(): void {
  execSync('npm run -s build', { stdio: 'inherit' });
}
