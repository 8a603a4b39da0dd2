/** Which driver speaks to a server. The current one needs wire version 8 (MongoDB 4.2); the older one, for 3.6 and 4.0, is loaded only when a handshake asks for it. */
import * as current from 'mongodb';

export type Driver = Pick<typeof current, 'MongoClient'>;
export type DriverGeneration = 'current' | 'legacy';
export type LoadLegacyDriver = () => Promise<Driver>;

export const currentDriver: Driver = current;

/** mongodb 6.8.2, the last line that accepts wire version 6 (MongoDB 3.6). Its public API is the current one's where we use it. */
export const loadLegacyDriver: LoadLegacyDriver = async () => {
  const module = (await import('mongodb-legacy')) as unknown as Driver & { default?: Driver };
  return module.default ?? module;
};
