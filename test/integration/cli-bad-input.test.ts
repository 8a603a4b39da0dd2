import { createServer, type AddressInfo, type Server } from 'node:net';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePlanFile } from '../../src/adapters/files/plan-file.js';
import type { Plan } from '../../src/core/model/plan.js';
import { buildCli, type Cli } from '../support/cli.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { planOf } from '../unit/engine-builders.js';

/** A listener in the place of both clusters: a command that was refused for its input has not even knocked. */
let door: Server;
let knocks = 0;
let cli: Cli;
let folder: TempFolder;
let uri: string;

beforeAll(async () => {
  cli = await buildCli('bad-input');
  folder = await makeTempFolder('cli-bad-input');
  door = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  uri = `mongodb://127.0.0.1:${(door.address() as AddressInfo).port}/`;
  await writeFile(join(folder.path, 'no-json.migration.json'), 'hello {');
  await writeFile(join(folder.path, 'no-plan.migration.json'), '{"version":1}');
  await writeFile(join(folder.path, 'empty.txt'), '');
  await writeFile(join(folder.path, 'there.migration.json'), 'precious');
  await mkdir(join(folder.path, 'a-folder.json'));
  await writeFile(join(folder.path, 'a-file'), 'precious');
  const side = { name: 'x', uri };
  const plan = planOf([], { source: side, target: side });
  const write = (name: string, more: Partial<Plan>): Promise<void> =>
    writePlanFile(join(folder.path, name), { ...plan, ...more });
  const into = (place: string): Partial<Plan> => ({
    method: 'export-import',
    text: { format: 'json', files: { use: 'both', folder: place } },
  });
  await write('good.json', {});
  await write('handoff.json', { method: 'studio-3t', handoff: { kind: 'studio-3t', port: 27_018 } });
  await write('into-proc.json', into('/proc/x'));
  await write('into-file.json', into(join(folder.path, 'a-file')));
});

afterAll(async () => {
  door.close();
  await folder.remove();
  await cli.remove();
});

const U = '{uri}';

/** Arguments, environment, and what the message must say. */
type Case = readonly [name: string, args: string, said: RegExp, env?: Readonly<Record<string, string>>];

const CASES: readonly Case[] = [
  ['no command', '', /Usage:/],
  ['an unknown command', 'migrate', /unknown command 'migrate'/],
  ['an unknown option', 'probe --sorce x', /unknown option '--sorce'/],
  ['an option without its value', 'probe --source', /argument missing/],
  ['too many arguments', 'tools now', /too many arguments/],
  ['an unknown action', 'runs explode', /Allowed choices are show, pause, resume, proceed, cancel/],
  ['an action without a run', 'runs pause', /runs pause RUN/],
  ['two runs at once', 'run --resume latest --retry-dead-letters latest', /cannot be given together/],
  ['no source', 'probe', /--source.*\n.*MCM_SOURCE_URI/],
  ['no target', `plan --source ${U}`, /--target.*\n.*MCM_TARGET_URI/],
  ['an empty connection string', 'probe --source=', /empty/],
  ['another scheme', 'probe --source http://h/', /mongodb:\/\//],
  ['no host', 'probe --source mongodb:///db', /host/],
  ['a bad port', 'probe --source mongodb://h:99999/', /port/i],
  ['an unescaped password', 'probe --source mongodb://u:p@ss@h/', /percent-encoded/],
  ['a bad escape', 'probe --source mongodb://u:%zz@h/', /%/],
  ['srv with a port', 'probe --source mongodb+srv://h.example.net:27017/', /no port/],
  ['a password in the connection string', 'probe --source mongodb://u:hunter22@h/', /MCM_SOURCE_URI/],
  ['a password option', 'probe --source mongodb://u@h/ --source-password hunter22', /MCM_SOURCE_URI/],
  ['a password option with =', 'probe --source mongodb://u@h/ --source-password=hunter22', /MCM_SOURCE_URI/],
  ['a made-up password option', 'probe --pass=hunter22', /unknown option '--pass'/],
  ['a password nobody can type', 'probe --source mongodb://u@h/', /MCM_SOURCE_URI/],
  ['a variable that is not set', 'probe --source mongodb://u@h/ --source-password-env NOPE', /NOPE is not set/],
  ['a password file that is not there', 'probe --source mongodb://u@h/ --source-password-file nope.txt', /nope\.txt/],
  ['an empty password file', 'probe --source mongodb://u@h/ --source-password-file empty.txt', /empty/],
  [
    'two places for a password',
    'probe --source mongodb://u@h/ --source-password-env A --source-password-file b',
    /together with/,
  ],
  ['a bad string in the environment', 'probe', /percent-encoded/, { MCM_SOURCE_URI: 'mongodb://u:p/w@h/' }],
  ['a password without a user', 'probe', /user/, { MCM_SOURCE_URI: 'mongodb://:hunter22@h/' }],
  ['a bad pattern', `analyze --source ${U} --include .orders`, /\.orders/],
  ['an empty pattern', `analyze --source ${U} --exclude=`, /name of a collection/],
  ['a rename without =', `plan --source ${U} --target ${U} --rename shop.a`, /name=value/],
  ['a rename to no collection', `plan --source ${U} --target ${U} --rename shop.a=b`, /"b"/],
  ['a throughput that is no number', `plan --source ${U} --target ${U} --throughput lots`, /--throughput.*lots/],
  ['a throughput below the least', `plan --source ${U} --target ${U} --throughput 10`, /400/],
  ['a broken number', `plan --source ${U} --target ${U} --throughput 4e3`, /4e3/],
  ['an autoscale below the least', `plan --source ${U} --target ${U} --throughput autoscale:400`, /1000/],
  ['a throughput of no collection', `plan --source ${U} --target ${U} --collection-throughput 4000`, /name=value/],
  ['an unknown capability', `plan --source ${U} --target ${U} --capability EnableMagic`, /EnableMongo16MB/],
  ['an unknown policy', `plan --source ${U} --target ${U} --conflicts merge`, /Allowed choices/],
  ['an unknown method', `plan --source ${U} --target ${U} --method carrier-pigeon`, /carrier-pigeon/],
  [
    'a service without its place',
    `plan --source ${U} --target ${U} --method data-factory`,
    /--subscription, --resource/,
  ],
  ['an option of another method', `plan --source ${U} --target ${U} --method dms --factory f`, /--factory/],
  ['a plan file that is there', `plan --source ${U} --target ${U} --out there.migration.json`, /--force/],
  [
    'a wish that is none',
    `advise --source ${U} --wants cheap`,
    /Allowed choices are global-writes, elastic, low-latency/,
  ],
  [
    'one wish of several that is none',
    `assess --source ${U} --wants elastic,cheap`,
    /Allowed choices are global-writes/,
  ],
  ['regions that are no number', `size --source ${U} --regions two`, /--regions/],
  ['writes in several regions of one', `size --source ${U} --wants global-writes --regions 1`, /--regions/],
  ['no region at all', `size --source ${U} --regions 0`, /--regions/],
  ['a kind of target that is none', `advise --source ${U} --target-kind oracle`, /Allowed choices/],
  ['nothing to run', 'run', /--resume/],
  ['a plan and a run', 'run x.json --resume latest', /cannot be given together/],
  ['a plan that is not there', 'run nope.migration.json', /not there/],
  ['a plan that is a folder', 'run a-folder.json', /folder/],
  ['a plan that is no JSON', 'run no-json.migration.json', /not JSON/],
  ['a plan that is none', 'run no-plan.migration.json', /not a valid plan/],
  ['a run that is not there', 'run --resume 20200101T000000Z-00000000', /no run/],
  ['no run at all', 'report', /no run yet/],
  ['a run to verify that is not there', 'verify 2020', /no run/],
  ['a plan to verify that is not there', 'verify ./nope.json', /not there/],
  ['nothing to verify', 'verify', /missing required argument/],
  ['an unknown format', 'report latest --format pdf', /Allowed choices/],
  ['a port that is no number', `relay --target ${U} --port http`, /--port.*http/],
  ['a port out of range', `relay --target ${U} --port 70000`, /65535/],
  ...['/proc/x', '/proc/x/y', 'a-file', 'a-file/x'].flatMap((place): Case[] => {
    const said = place.startsWith('/proc') ? /makes no folders there/ : /a file where a folder has to be/;
    return [
      [`files into ${place}`, `plan --source ${U} --to-files ${place}`, said],
      [`files of a plan into ${place}`, `run ${place.startsWith('/proc') ? 'into-proc' : 'into-file'}.json`, said],
      [`runs in ${place}`, `run good.json --runs-folder ${place}`, said],
      [`runs in ${place} by the environment`, 'run good.json', said, { MCM_RUNS: place }],
      [`an assessment into ${place}`, `assess --source ${U} --out ${place}`, said],
      [`dead letters of a relay in ${place}`, `relay --target ${U} --dead-letters ${place}`, said],
      [`a hand-off into ${place}`, `handoff handoff.json --out ${place}`, said],
    ];
  }),
  ...['/proc/x.json', 'nowhere/x.json', 'a-file/x.json'].flatMap((place): Case[] => {
    const said = place.startsWith('a-file')
      ? /a file where a folder has to be/
      : /folder is not there, or takes no files/;
    return [
      [`a plan into ${place}`, `plan --source ${U} --target ${U} --out ${place}`, said],
      [`a report of an assessment into ${place}`, `assess --source ${U} --out ${place}`, said],
      [`a script into ${place}`, `assess --source ${U} --index-script ${place}`, said],
    ];
  }),
  ['a plan where a folder is', `plan --source ${U} --target ${U} --out a-folder.json --force`, /It is a folder/],
  ['a script where a folder is', `assess --source ${U} --index-script a-folder.json`, /It is a folder/],
];

describe('bad input', () => {
  it.each(CASES.map(([name, line, said, env = {}]) => ({ name, line, said, env })))(
    '$name: exit status 2, a clear message, nothing touched',
    async ({ line, said, env }) => {
      const before = await readdir(folder.path, { recursive: true });
      const args = line === '' ? [] : line.split(' ').map((argument) => argument.replace(U, uri));
      const { code, stdout, stderr } = await cli.run(args, { cwd: folder.path, env });
      expect(stderr).toMatch(said);
      expect(stderr).not.toMatch(/undefined|\[object|at .*\.cjs/);
      expect(`${stdout}${stderr}`).not.toMatch(/hunter22|p@ss|p\/w/);
      expect(stdout).toBe('');
      expect(code).toBe(2);
      expect(knocks).toBe(0);
      expect(await readdir(folder.path, { recursive: true })).toEqual(before);
    },
  );

  it.each([
    ['a plan', `plan --source ${U} --target ${U} --out x.json`],
    ['an assessment', `assess --source ${U} --out report`],
    ['a run', 'run good.json --runs-folder runs'],
    ['files', `plan --source ${U} --to-files files`],
  ])('%s where the system takes no byte is refused before anything is asked', async (_name, line) => {
    const before = await readdir(folder.path, { recursive: true });
    const args = line.split(' ').map((argument) => argument.replace(U, uri));
    const { code, stderr } = await cli.run(args, { cwd: folder.path, largestFileKb: 0 });
    expect(stderr).toMatch(/could not be written\.\s+The system lets this user write no file/);
    expect(code).toBe(1);
    expect(knocks).toBe(0);
    expect(await readdir(folder.path, { recursive: true })).toEqual(before);
  });

  it('is one JSON document on stdout where a program asks', async () => {
    const { code, stdout } = await cli.run(['run', 'nope.migration.json', '--json'], { cwd: folder.path });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 2, error: { code: 'file-failed' } });
  });
});
