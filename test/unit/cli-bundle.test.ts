/** What is different in the bundles from the modules that all other tests run. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import fc from 'fast-check';
import { ConnectionString as Published } from 'mongodb-connection-string-url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli, platformUrl } from '../../scripts/bundle.js';

/** As the package is at run time: our declaration of it names only what we use. */
interface Read extends URL {
  readonly hosts: readonly string[];
  readonly isSRV: boolean;
  redact(): URL;
  typedSearchParams(): URLSearchParams;
}
type Reader = new (text: string) => Read;

let folder: string;
let Bundled: Reader;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const outfile = join(folder, 'connection-string.cjs');
  await build({
    bundle: true,
    platform: 'node',
    format: 'cjs',
    entryPoints: ['mongodb-connection-string-url'],
    outfile,
    plugins: [platformUrl],
  });
  ({ ConnectionString: Bundled } = createRequire(import.meta.url)(outfile) as { ConnectionString: Reader });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** All that is asked of a connection string; an error counts by its name. */
function read(Reader: Reader, text: string): unknown {
  try {
    const url = new Reader(text);
    return {
      text: url.toString(),
      redacted: url.redact().toString(),
      hosts: url.hosts,
      srv: url.isSRV,
      path: url.pathname,
      username: url.username,
      password: url.password,
      options: [...url.searchParams].map(([name]) => [name, url.typedSearchParams().get(name)]),
      upper: url.searchParams.get('REPLICASET'),
    };
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

const part = fc.string({
  unit: fc.constantFrom('a', 'Z', '1', '.', '-', '_', '%20', '%', 'é', '中', '[::1]', ':', ',', '+', '$', ' ', '\\'),
});
const option = fc.constantFrom(
  'replicaSet=rs',
  'tls=true',
  'tls=true&TLS=false',
  'readPreferenceTags=a:1,b:2',
  'appName=@x@',
  'a=%C3%A9',
  '=',
  '',
);
const text = fc
  .tuple(
    fc.constantFrom('mongodb://', 'mongodb+srv://', 'http://', ''),
    fc.option(part),
    fc.option(part),
    part,
    fc.option(part),
    fc.array(option),
  )
  .map(([scheme, user, password, hosts, path, options]) => {
    const login = user === null ? '' : `${user}${password === null ? '' : `:${password}`}@`;
    return `${scheme}${login}${hosts}${path === null ? '' : `/${path}`}${options.length > 0 ? `?${options.join('&')}` : ''}`;
  });

describe('the bundled command line', () => {
  it('reads every connection string as the published package does', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(read(Bundled, one)).toEqual(read(Published as unknown as Reader, one));
      }),
      { numRuns: 2_000 },
    );
    expect(read(Bundled, 'mongodb://u:p%40@h1:27017,h2/db?replicaSet=x')).toMatchObject({
      hosts: ['h1:27017', 'h2'],
      upper: 'x',
    });
  });

  it('holds the older driver in a file of its own, which is there and can be loaded', async () => {
    const cli = join(folder, 'cli.cjs');
    await bundleCli(cli);
    const code = await readFile(join(folder, 'program.cjs'), 'utf8');
    expect(code).toContain('require("./older-driver.cjs")');
    // Compiled code is read with one byte a character, and is in no module that could import.
    expect(code).toMatch(/^[\0-\x7f]*$/);
    expect(code).not.toMatch(/[^.\w#]import\(/);
    const older = createRequire(cli)('./older-driver.cjs') as { MongoClient: new (uri: string) => unknown };
    expect(new older.MongoClient('mongodb://localhost:1')).toBeInstanceOf(older.MongoClient);
  });
});
