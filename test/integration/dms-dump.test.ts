/** A source that DMS does not read: it reads a dump of it from a blob container, and the run compares with the source itself. */
import { join } from 'node:path';
import { Int32, Long, MongoClient, UUID } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/adapters/tools/run-command.js';
import { dumpOf } from '../../src/assembly/compose-remote-run.js';
import { MigrationError } from '../../src/core/model/error.js';
import { errorWords } from '../../src/words/errors.js';
import { serveBlobContainer } from '../support/arm/blob-container.js';
import { withDms, type Attempt, type DmsWorld } from '../support/arm/dms-migration.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { findTestTool } from '../support/tools.js';

const CANARY = 'c4nary/sig+nature==';
const DB = 'dumped';

let source: RunningMongod;
let target: RunningMongod;
let temp: TempFolder;
let dump: string;
beforeAll(async () => {
  [source, target, temp] = await Promise.all([startMongod(), startMongod(), makeTempFolder('dms-dump')]);
  const client = await MongoClient.connect(source.uri);
  const documents = Array.from({ length: 200 }, (_, i) => ({
    ...{ _id: i % 3 === 0 ? new UUID() : i % 3 === 1 ? new Int32(i) : `text ${i}` },
    ...{ l: Long.fromNumber(i), f: i + 0.5 },
  }));
  for (const coll of ['orders', 'people']) await client.db(DB).collection<{ _id: unknown }>(coll).insertMany(documents);
  await client.close();
  dump = join(temp.path, 'dump');
  const mongodump = await findTestTool('mongodump');
  const argv = [`--uri=${source.uri}`, `--db=${DB}`, `--out=${dump}`];
  const result = await runCommand(mongodump, argv, { env: process.env, timeoutMs: 60_000 });
  expect(result).toMatchObject({ kind: 'ended', exitCode: 0 });
}, 120_000);
afterAll(async () => {
  await Promise.all([source.stop(), target.stop(), temp.remove()]);
});

async function fromDump(
  work: (world: DmsWorld) => Promise<void>,
  change: (url: string) => string = (url) => url,
): Promise<void> {
  await using container = await serveBlobContainer(dump, CANARY);
  await withDms({ source, target, temp, db: DB, dump: change(container.url) }, work);
}

const handoff = { fromDump: true } as const;
const asked = ({ mock }: DmsWorld): string[] =>
  mock.requests.flatMap(({ method, path }) => (method === 'PUT' && path.includes('/tasks/') ? [path] : []));

function expectNoSignature({ lines, verdict, remote }: Attempt): void {
  const told = JSON.stringify([lines, verdict, remote]);
  for (const form of [CANARY, encodeURIComponent(CANARY)]) expect(told).not.toContain(form);
}

describe('a migration by DMS from a dump', { timeout: 120_000 }, () => {
  it('is connected to, validated, copied and verified against the source itself', () =>
    fromDump(async (world) => {
      const attempt = await world.attempt({ handoff });
      expect(attempt.verdict).toMatchObject({ state: 'completed' });
      expect(asked(world).map((path) => path.split('/').at(-1))).toEqual([
        'connect-source',
        'connect-target',
        'validate',
        'migrate',
      ]);
      expect(JSON.stringify(world.mock.requests)).toContain(encodeURIComponent(CANARY));
      expectNoSignature(attempt);
      expect(world.mock.problems).toEqual([]);
    }));

  it('that has a wrong signature ends before anything is copied, and does not show it', () =>
    fromDump(
      async (world) => {
        const attempt = await world.attempt({ handoff });
        expect(attempt.verdict.state).toBe('failed-resumable');
        expect(JSON.stringify(attempt.verdict)).toContain('AuthenticationFailed');
        expect(asked(world)).toHaveLength(1);
        expectNoSignature(attempt);
      },
      (url) => url.replace('sp=rl', 'sp=r'),
    ));

  it('that lacks a collection says so before anything is copied', () =>
    fromDump(async (world) => {
      const client = await MongoClient.connect(source.uri);
      try {
        await client.db(DB).collection('late').insertOne({ a: 1 });
        const { verdict } = await world.attempt({ handoff });
        expect(verdict.state).toBe('failed-resumable');
        expect(JSON.stringify(verdict)).toContain(`The container has no ${DB}/late.bson.`);
        expect(asked(world).at(-1)).toMatch(/validate$/);
      } finally {
        await client.db(DB).collection('late').drop();
        await client.close();
      }
    }));

  it('is not completed where the source was written to after the dump was made', () =>
    fromDump(async (world) => {
      const client = await MongoClient.connect(source.uri);
      const people = client.db(DB).collection<{ _id: string }>('people');
      try {
        await people.insertOne({ _id: 'later' });
        const { verdict } = await world.attempt({ handoff });
        expect(verdict.state).toBe('failed-resumable');
        expect(JSON.stringify(verdict.reasons)).toContain('people');
      } finally {
        await people.deleteOne({ _id: 'later' });
        await client.close();
      }
    }));
});

describe('the address of a dump', () => {
  const wordsOf = (dumpUrl: string | undefined): string => {
    try {
      return dumpOf(dumpUrl === undefined ? {} : { dumpUrl });
    } catch (error) {
      if (!MigrationError.is(error)) throw error;
      return Object.values(errorWords(error)).join(' ');
    }
  };

  it('is taken as it is where it is that of a container, with its signature', () => {
    const url = 'https://acct.blob.core.windows.net/dumps?sp=rl&sig=a%2Bb%3D';
    expect(wordsOf(url)).toBe(url);
  });

  it.each([
    ['none', undefined],
    ['no address', 'dumps'],
    ['one without a signature', 'https://acct.blob.core.windows.net/dumps'],
    ['a folder in a container', `https://acct.blob.core.windows.net/dumps/shop?sig=${CANARY}`],
    ['one that is not encrypted', `http://acct.blob.core.windows.net/dumps?sig=${CANARY}`],
    ['a connection string', `mongodb://u:${CANARY}@h/`],
  ])('is refused where it is %s, and not shown', (_what, url) => {
    const words = wordsOf(url);
    expect(words).toContain('The dump is not found.');
    expect(words).toContain('MCM_DUMP_URL');
    expect(words).not.toContain(CANARY);
  });
});
