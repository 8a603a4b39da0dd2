import type { Handler } from './exchange.js';
import { buildInfo } from './handshake.js';
import { runAggregate, runFind, runFindAndModify, runGetMore, runSummary } from './reads.js';
import { runCustomAction } from './custom-actions.js';
import {
  runCreate,
  runCreateIndexes,
  runDrop,
  runDropDatabase,
  runDropIndexes,
  runShardCollection,
} from './schema-commands.js';
import { runWrite } from './writes.js';

const pass: Handler = (exchange) => exchange.forward();

/** Everything that the service answers, by the command's name in lower case. What is not here is refused with 115. */
export const COMMANDS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['insert', (exchange) => runWrite(exchange, 'insert')],
  ['update', (exchange) => runWrite(exchange, 'update')],
  ['delete', (exchange) => runWrite(exchange, 'delete')],
  ['find', runFind],
  ['getmore', runGetMore],
  ['aggregate', runAggregate],
  ['count', runSummary],
  ['distinct', runSummary],
  ['findandmodify', runFindAndModify],
  ['create', runCreate],
  ['drop', runDrop],
  ['dropdatabase', runDropDatabase],
  ['createindexes', runCreateIndexes],
  ['dropindexes', runDropIndexes],
  ['deleteindexes', runDropIndexes],
  ['shardcollection', runShardCollection],
  ['customaction', runCustomAction],
  ['buildinfo', (exchange) => Promise.resolve(buildInfo(exchange.context.settings))],
  // Index builds on the mongod behind are over before anyone can ask.
  ['currentop', () => Promise.resolve({ inprog: [], ok: 1 })],
  ...[
    'authenticate',
    'collstats',
    'dbstats',
    'endsessions',
    'explain',
    'hostinfo',
    'killcursors',
    'listcollections',
    'listdatabases',
    'listindexes',
    'logout',
    'ping',
    'refreshsessions',
    'reindex',
    'saslcontinue',
    'saslstart',
    'whatsmyuri',
  ].map((name): [string, Handler] => [name, pass]),
]);
