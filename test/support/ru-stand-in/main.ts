/**
 * The stand-in as a process of its own, for what must not share a thread with it or must be killed:
 * `tsx test/support/ru-stand-in/main.ts '{"backendPort":27017,"ruPerSecond":2000}'`. Options as JSON (no clock); prints one line
 * `{"uri":...,"port":...}` when it listens, `{"stats":...}` for each line on stdin, and ends when stdin does.
 */
import { createInterface } from 'node:readline';
import { startRuStandIn, type RuStandInOptions } from './start.js';

const options = JSON.parse(process.argv[2] ?? '{}') as RuStandInOptions;
const standIn = await startRuStandIn(options);
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
say({ uri: standIn.uri, port: standIn.port });
const lines = createInterface({ input: process.stdin });
lines.on('line', () => say({ stats: standIn.stats() }));
lines.on('close', () => void standIn.close());
