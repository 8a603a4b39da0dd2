/** The real parts that the wizard works with, loaded already. */
import { writePlanFile } from '../../src/adapters/files/plan-file.js';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readCollections, readInventory } from '../../src/adapters/mongo/inventory.js';
import { listCollections, listDatabases } from '../../src/adapters/mongo/listing.js';
import { readDatabaseSizes } from '../../src/adapters/mongo/database-sizes.js';
import { measureInsertCharge } from '../../src/adapters/mongo/measure-charge.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { tryDirectCopy } from '../../src/assembly/copy-trial.js';
import { readTargetThroughput } from '../../src/assembly/target-throughput.js';
import { chargeSamples } from '../../src/assembly/charge-samples.js';
import { copyCommandLines } from '../../src/assembly/describe-copy.js';

export const realAdapters = () =>
  Promise.resolve({
    ...{
      connect,
      parseConnectionString,
      readInventory,
      readCollections,
      listDatabases,
      listCollections,
      readDatabaseSizes,
    },
    ...{
      measureInsertCharge,
      chargeSamples,
      tryDirectCopy,
      readTargetThroughput,
      copyCommandLines,
      writePlanFile,
      clock: systemClock,
    },
  });
