import { isAtLeast, type TargetDescription } from '../../plan/target.js';

/**
 * First version of each driver that goes with MongoDB 3.6 and with 4.0, by the name that drivers give themselves. RU accounts of 3.6 and newer speak as
 * MongoDB does since 3.6; vCore wants SCRAM-SHA-256, which came with 4.0.
 * Each by the table of its driver: mongodb.com/docs/drivers/node/v4.8/compatibility, mongodb.com/docs/drivers/java/sync/v4.8/compatibility,
 * mongodb.com/docs/drivers/csharp/current/compatibility, mongodb.com/docs/languages/python/pymongo-driver/current/compatibility (3.6: its change log);
 * PHP, Ruby, C and Go, whose present tables start later, by github.com/mongodb/docs-ecosystem, source/includes/*mongodb-compatibility-table*.rst.
 */
const DRIVERS: Readonly<Record<string, readonly [since36: string, since40: string]>> = {
  nodejs: ['3.0', '3.1'],
  PyMongo: ['3.6', '3.7'],
  'mongo-java-driver': ['3.6', '3.8'],
  'mongo-csharp-driver': ['2.5', '2.7'],
  'mongo-ruby-driver': ['2.5', '2.6'],
  mongoc: ['1.9', '1.11'],
  'ext-mongodb:PHP': ['1.4', '1.5'],
  'mongo-go-driver': ['1.0', '1.0'],
};

/** `mongo-java-driver|sync`, `mongoc / mongocxx`, `nodejs|Mongoose`: the driver comes first, what is built on it follows. */
function driverName(name: string): string {
  return name.split(/\||\s\/\s/, 1)[0] ?? name;
}

/** The first version that goes with the target, where a client's driver is older; undefined where it is not, or nothing is known of it. */
export function neededDriver(
  target: TargetDescription,
  client: { driver: string; version: string },
): string | undefined {
  const name = driverName(client.driver);
  const known = Object.hasOwn(DRIVERS, name) ? DRIVERS[name] : undefined;
  const version = numbersOf(driverName(client.version));
  if (!known || version.length === 0 || target.kind === 'mongodb') return undefined;
  const needed = target.kind === 'cosmos-vcore' ? known[1] : known[0];
  return isAtLeast(version, numbersOf(needed)) ? undefined : needed;
}

function numbersOf(version: string): readonly number[] {
  const [numbers = ''] = /\d+(?:\.\d+)*/.exec(version) ?? [];
  return numbers === '' ? [] : numbers.split('.').map(Number);
}
