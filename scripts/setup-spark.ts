/** Finds or installs Spark for tests: Java, and a Python environment with PySpark, PyMongo, and the checks of the bundle's Python. */
import { access, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheRoot } from '../src/adapters/tools/install-cache.js';
import { describeFailure, runCommand } from '../src/adapters/tools/run-command.js';

/** What Databricks Runtime 15.4 runs, as near as the registry has it, and the checks; each pinned. */
const REQUIREMENTS = [
  'pyspark==3.5.9',
  'pymongo==4.10.1',
  'ruff==0.17.6',
  'mypy==2.4.1',
  'databricks-bundles==1.22.1',
  'pyyaml==6.0.3',
] as const;
/** The connector of the mode `transform`, with the driver that it brings: Maven coordinates  */
const CONNECTOR = 'org.mongodb.spark:mongo-spark-connector_2.12:10.5.0';
const OLDEST_PYTHON = [3, 10] as const;
const OLDEST_JAVA = 17;
const INSTALL_MS = 15 * 60_000;
const PYTHONS = ['python3.11', 'python3', 'python'];

export interface Spark {
  /** Of the environment; runs PySpark. */
  readonly python: string;
  /** Of the environment's programs: `ruff`, `mypy`. */
  readonly bin: string;
}

/** Thrown with what is missing, in words. */
export class SparkMissing extends Error {}

/** @throws SparkMissing where something cannot be had. */
export async function setUpSpark(print: (line: string) => void = () => undefined): Promise<Spark> {
  await findJava();
  const folder = join(cacheRoot(process.env), `spark-${keyOf(REQUIREMENTS)}`);
  const spark = { python: join(folder, 'bin', 'python'), bin: join(folder, 'bin') };
  const stamp = join(folder, 'complete');
  if (await isThere(stamp)) return spark;
  await alone(`${folder}.lock`, async () => {
    if (!(await isThere(stamp))) await install(folder, spark, stamp, print);
  });
  return spark;
}

async function install(folder: string, spark: Spark, stamp: string, print: (line: string) => void): Promise<void> {
  const python = await findPython();
  print(`installing Spark into ${folder} (once, about a minute) ...`);
  // An environment holds its own path, so that it is made where it stays; the stamp tells a whole one.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  await run(spark.python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...REQUIREMENTS]);
  await writeFile(stamp, `${REQUIREMENTS.join('\n')}\n`);
}

/** One process at a time: others wait for it. What a killed one has left is taken away after the longest time that an installation takes. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  await mkdir(join(lock, '..'), { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const since = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (since > INSTALL_MS) await rm(lock, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** The connector's files, fetched by Maven; their paths with commas between. @throws SparkMissing. */
export async function connectorJars(print: (line: string) => void = () => undefined): Promise<string> {
  const folder = join(cacheRoot(process.env), `spark-connector-${keyOf([CONNECTOR])}`);
  const jars = join(folder, 'jars');
  if (!(await isThere(jars))) {
    print(`fetching ${CONNECTOR} ...`);
    await alone(`${folder}.lock`, async () => {
      if (!(await isThere(jars))) await fetchConnector(folder);
    });
  }
  return (await readdir(jars)).map((file) => join(jars, file)).join(',');
}

async function fetchConnector(folder: string): Promise<void> {
  const fresh = `${folder}.new-${process.pid}`;
  const [groupId, artifactId, version] = CONNECTOR.split(':');
  await mkdir(fresh, { recursive: true });
  const dependency = `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>`;
  await writeFile(
    join(fresh, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>test</groupId><artifactId>test</artifactId>
<version>1</version><dependencies><dependency>${dependency}</dependency></dependencies></project>`,
  );
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(fresh, 'jars')}`];
  await run('mvn', ['-q', '-B', '-f', join(fresh, 'pom.xml'), ...goal]);
  await rename(fresh, folder);
}

function keyOf(requirements: readonly string[]): string {
  return requirements.map((one) => one.replace(/^.*?(?:==|:(?=[\d.]+$))/, '')).join('-');
}

async function findJava(): Promise<void> {
  const java = process.env['JAVA_HOME'] ? join(process.env['JAVA_HOME'], 'bin', 'java') : 'java';
  const result = await runCommand(java, ['-version'], { env: process.env, timeoutMs: 60_000 });
  const text = result.kind === 'ended' ? `${result.stdout}${result.stderrEnd}` : '';
  const major = Number(/version "(\d+)/.exec(text)?.[1] ?? 0);
  if (major < OLDEST_JAVA)
    throw new SparkMissing(
      `Spark needs Java ${OLDEST_JAVA} or newer (${major === 0 ? 'none was found' : `found ${major}`}): install a JRE, e.g. apt-get install openjdk-17-jre-headless.`,
    );
}

async function findPython(): Promise<string> {
  for (const python of PYTHONS) {
    const script = 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])';
    const result = await runCommand(python, ['-c', script], { env: process.env, timeoutMs: 60_000 });
    if (result.kind !== 'ended' || result.exitCode !== 0) continue;
    const [major = 0, minor = 0] = result.stdout.trim().split(' ').map(Number);
    // PySpark 3.5 does not run on newer ones than 3.12.
    if (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1] && minor <= 12) return python;
  }
  throw new SparkMissing(
    'Spark needs Python 3.10 to 3.12 with venv: install it, e.g. apt-get install python3 python3-venv.',
  );
}

async function run(file: string, argv: readonly string[]): Promise<void> {
  const result = await runCommand(file, argv, { env: process.env, timeoutMs: INSTALL_MS });
  if (result.kind !== 'ended' || result.exitCode !== 0)
    throw new SparkMissing(`${file} ${argv[0] ?? ''} ${argv[1] ?? ''} failed: ${describeFailure(result)}`);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const print = (line: string): void => console.log(line);
  const spark = await setUpSpark(print);
  await connectorJars(print);
  print(`Spark: ${spark.python}`);
}
