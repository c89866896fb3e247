import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

/** Rooms by the rooms that they import, as the dependency checker reads the code. */
type Imports = ReadonlyMap<string, ReadonlySet<string>>;

const Cruised = z.object({
  modules: z.array(
    z.object({ source: z.string(), dependencies: z.array(z.object({ resolved: z.string() })) }),
  ),
});

const ROOMS = /^(?:(schemas|tools)\/|src\/(stores\/ports|fronts\/\w+|[\w-]+)[/.])/;

const roomOf = (path: string): string | null => {
  const found = ROOMS.exec(path);
  return found?.[1] ?? found?.[2] ?? null;
};

async function readImports(): Promise<Imports> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      ...['--config', '.config/dependency-cruiser.cjs', '--output-type', 'json'],
      ...['src', 'tools', 'schemas'],
    ],
    { maxBuffer: 2 ** 28 },
  );
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of Cruised.parse(JSON.parse(stdout)).modules) {
    const room = roomOf(source);
    if (room === null) continue;
    const seen = imports.get(room) ?? new Set();
    imports.set(room, seen);
    for (const { resolved } of dependencies) {
      const other = roomOf(resolved);
      if (other !== null && other !== room) seen.add(other);
    }
  }
  return imports;
}

/** How far a room is above those that import nothing. @throws Error for rooms that import each other */
function levelsOf(imports: Imports): Map<string, number> {
  const levels = new Map<string, number>();
  const levelOf = (room: string, path: readonly string[]): number => {
    if (path.includes(room)) throw new Error(`rooms in a circle: ${[...path, room].join(' > ')}`);
    const below = [...(imports.get(room) ?? [])].map((each) => levelOf(each, [...path, room]));
    const level = Math.max(-1, ...below) + 1;
    levels.set(room, level);
    return level;
  };
  for (const room of imports.keys()) levelOf(room, []);
  return levels;
}

/** Arrows that no longer way says already. */
function shortestArrows(imports: Imports): [string, string][] {
  const reaches = (from: string, to: string): boolean =>
    [...(imports.get(from) ?? [])].some((each) => each === to || reaches(each, to));
  return [...imports].flatMap(([room, others]) =>
    [...others]
      .filter((to) => ![...others].some((other) => other !== to && reaches(other, to)))
      .map((to): [string, string] => [room, to]),
  );
}

const idOf = (room: string): string => room.replaceAll('/', '_');
const byName = (a: string, b: string): number => (a < b ? -1 : 1);

/** The rooms of the house: a picture, highest first, and who imports whom. @throws Error where an arrow leads up */
export async function architecture(): Promise<string[]> {
  const imports = await readImports();
  const levels = levelsOf(imports);
  const rooms = [...imports.keys()].sort(
    (a, b) => (levels.get(b) ?? 0) - (levels.get(a) ?? 0) || byName(a, b),
  );
  const arrows = shortestArrows(imports)
    .map(([from, to]) => `  ${idOf(from)} --> ${idOf(to)}`)
    .sort(byName);
  const names = rooms.map((room) => `  ${idOf(room)}["${room}"]`);
  const rows = rooms.map((room) => {
    const others = [...(imports.get(room) ?? [])].sort(byName);
    return `| ${String(levels.get(room))} | \`${room}\` | ${others.join(', ')} |`;
  });
  return [
    ['```mermaid', 'flowchart TD', ...names, ...arrows, '```'].join('\n'),
    ['| level | room | imports |', '|---|---|---|', ...rows].join('\n'),
  ];
}
