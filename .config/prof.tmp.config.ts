import base from '/tmp/wt/dates/.config/vitest.config.ts';
export default { test: { ...base.test, globalSetup: [], execArgv: ['--cpu-prof','--cpu-prof-dir=/tmp/prof'], maxWorkers: 1 } };
