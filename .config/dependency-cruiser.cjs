/** Which folder may import which. Read top to bottom: inner folders first. */
const ours = '^(src|tools|schemas|prompts|test)/';
const contract = '^src/(core|errors)/';
const ports = '^src/stores/ports/';

/** Files under `from` may import, of our own code, only what matches `to`. */
const only = (name, from, ...to) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: ours, pathNot: to.join('|') },
});

/** Only files under `door` may import the library. */
const oneDoor = (name, door, library) => ({
  name,
  severity: 'error',
  from: { path: '^(src|tools|schemas)/', pathNot: door },
  to: { path: `node_modules/(${library})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^src/main\\.ts$', '\\.config'] },
      to: {},
    },
    only('schemas-know-nothing', '^schemas/', '^schemas/'),
    // Wire shapes are written once, in schemas/; the core takes its types from there.
    only('errors-know-wire-shapes-only', '^src/errors/', '^src/errors/', '^schemas/'),
    only('core-knows-the-contract', '^src/core/', contract, '^schemas/'),
    only(
      'config-knows-settings-only',
      '^src/config/',
      '^src/config/',
      '^schemas/',
      contract,
      '^src/model/',
    ),
    only('tools-use-the-contract-only', '^tools/', '^(tools|schemas)/', contract),
    only(
      'rooms-know-types-only',
      '^src/(budget|cache|eval|identity|ledger|model|prompts|stores)/',
      '^src/$1/',
      '^schemas/',
      contract,
      ports,
    ),
    only(
      'layers-do-not-know-each-other',
      '^src/layers/([^/]+)\\.ts',
      '^src/layers/$1',
      '^src/(budget|cache|identity|model|prompts)/',
      '^schemas/',
      contract,
      ports,
    ),
    only(
      'fronts-only-invoke',
      '^src/fronts/([^/]+)/',
      '^src/fronts/($1|shared)/',
      '^schemas/',
      contract,
    ),
    only('simulator-stands-alone', '^src/simulator/', '^src/simulator/'),
    {
      name: 'only-app-imports-layers',
      severity: 'error',
      from: { path: '^(src|tools|schemas)/', pathNot: '^src/(app|layers)/' },
      to: { path: '^src/layers/' },
    },
    {
      name: 'only-entry-points-import-app',
      severity: 'error',
      from: {
        path: '^(src|tools|schemas)/',
        pathNot: '^src/(app/|commands/|(main|index)\\.ts$)',
      },
      to: { path: '^src/app/' },
    },
    {
      name: 'only-app-imports-bundled-tools',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/app/bundled-tools\\.ts$' },
      to: { path: '^tools/' },
    },
    {
      name: 'only-open-picks-a-store',
      severity: 'error',
      from: { path: '^(src|tools|schemas)/', pathNot: '^src/stores/' },
      to: { path: '^src/stores/', pathNot: '^src/stores/(open\\.ts|ports/)' },
    },
    oneDoor('one-door-to-sql', '^src/stores/', 'better-sqlite3|sqlite-vec|pg'),
    oneDoor('one-door-to-the-model', '^src/model/anthropic/', '@anthropic-ai'),
    oneDoor('one-door-to-providers', '^src/model/', 'undici|eventsource-parser'),
    oneDoor('one-door-to-mcp', '^src/fronts/mcp/', '@modelcontextprotocol'),
    oneDoor('one-door-to-calendars', '^src/budget/', 'temporal-polyfill'),
    oneDoor('one-door-to-templates', '^src/prompts/', 'liquidjs'),
    {
      name: 'no-dev-deps-in-shipped-code',
      severity: 'error',
      from: { path: '^(src|tools|schemas)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
