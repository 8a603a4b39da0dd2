import { resolve } from 'node:path';
import type { Relay } from '../../relay/relay.js';
import type { NamespaceCounters } from '../../relay/counters.js';
import { formatNamespace } from '../../core/model/namespace.js';
import { formatBytes, formatCount, formatRu, formatRuPerSecond } from '../../words/sizes.js';
import { clusterOptions } from '../cluster-options.js';
import { clusterSummary } from '../../words/clusters.js';
import { connectTo, resolveCluster } from '../clusters.js';
import type { CommandContext, ConnectedCluster } from '../context.js';
import { LiveBlock } from '../display/live-block.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { wholeNumber } from '../numbers.js';
import { NOTE_EVERY_MS } from '../progress-note.js';
import { table, type Column } from '../table.js';
import { heading, labelled, plural } from '../text-blocks.js';

export interface RelayCommandOptions {
  readonly port?: string;
  readonly duplicates: 'report' | 'skip' | 'overwrite' | 'dead-letter';
  readonly deadLetters: string;
}

const FRAME_MS = 500;

/** Puts the throttle relay before a target until Ctrl-C, then tells what arrived. */
export async function relay(
  options: Readonly<Record<string, unknown>> & RelayCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { adapters, output, interruption, clock, cwd } = context;
  const port = options.port === undefined ? 0 : wholeNumber('--port', options.port, 1, 65_535);
  const folder = resolve(cwd, options.deadLetters);
  await adapters.checkWritableFolder(folder);
  const resolved = await resolveCluster('target', clusterOptions('target', options), context);
  await using target = await connectTo(resolved, context);
  const started = await adapters.startStandaloneRelay(target, {
    port,
    duplicates: options.duplicates,
    deadLettersFolder: folder,
    reference: resolved.reference,
    clock,
    onConnectionError: (text) => output.note(text),
  });
  const address = adapters.relayAddress(target, started.relay.port);
  tellAddress(address, target, context);
  interruption.onFirst(() => undefined);
  try {
    await followUntilStopped(started.relay, context);
  } finally {
    await started.close();
  }
  const counters = started.relay.counters();
  const code = exitCodeOf(counters);
  output.say(...finalLines(counters, code, folder));
  output.event({ event: 'end', exitCode: code, counters: counters.map(plain), deadLetters: folder });
  return code;
}

function tellAddress(address: string, target: ConnectedCluster, { output }: CommandContext): void {
  const width = output.people.columns;
  const user = target.connectionString.username;
  output.say(
    ...heading('The relay is ready'),
    ...labelled(
      [
        ['before', clusterSummary(target.facts)],
        ['address', address],
        ...(user === undefined
          ? []
          : ([['password', `that of ${user} on the target: give it to the tool as you would there`]] as const)),
      ],
      width,
    ),
    '',
    'Give this address to mongorestore, mongoimport, Studio 3T or a program of yours. Ctrl-C ends the relay.',
    '',
  );
  output.event({ event: 'listening', address });
}

async function followUntilStopped(relay: Relay, context: CommandContext): Promise<void> {
  const { output, clock, interruption } = context;
  const block = output.people.isTTY ? new LiveBlock(output.people) : undefined;
  let nextLine = clock.now() + NOTE_EVERY_MS;
  let told = '';
  while (!interruption.signal.aborted) {
    await clock.sleep(FRAME_MS, interruption.signal).catch(() => undefined);
    const counters = relay.counters();
    if (block) {
      block.show([...countersTable(counters), '', statusLine(relay, counters)]);
      continue;
    }
    const line = statusLine(relay, counters);
    if (clock.now() < nextLine || line === told) continue;
    nextLine = clock.now() + NOTE_EVERY_MS;
    told = line;
    output.say(line);
    output.event({ event: 'progress', connections: relay.connections(), counters: counters.map(plain) });
  }
  block?.clear();
}

function statusLine(relay: Relay, counters: readonly NamespaceCounters[]): string {
  const sum = (of: (c: NamespaceCounters) => number): number => counters.reduce((total, c) => total + of(c), 0);
  const provisioned = relay.budgets().reduce((total, { pacer }) => total + (pacer.provisioned ?? 0), 0);
  const connections = relay.connections();
  return [
    `${formatCount(connections)} ${plural(connections, 'connection')}`,
    `${formatCount(sum((c) => c.acknowledged))} written`,
    `${formatCount(sum((c) => c.throttledOperations))} throttled and sent again`,
    `${formatCount(sum((c) => c.deadLettered))} dead letters`,
    ...(provisioned > 0 ? [`${formatRuPerSecond(provisioned)} provisioned`] : []),
  ].join(', ');
}

const COLUMNS: readonly Column[] = [
  { title: 'collection', most: 40 },
  { title: 'written', align: 'right' },
  { title: 'bytes', align: 'right' },
  { title: 'there already', align: 'right' },
  { title: 'conflicts', align: 'right' },
  { title: 'dead letters', align: 'right' },
  { title: 'refused', align: 'right' },
  { title: 'throttled', align: 'right' },
  { title: 'charge', align: 'right' },
];

function countersTable(counters: readonly NamespaceCounters[]): string[] {
  return table(
    COLUMNS,
    counters.map((c) => [
      formatNamespace(c.ns),
      formatCount(c.acknowledged),
      formatBytes(c.bytes),
      formatCount(c.alreadyThere),
      formatCount(c.conflicts),
      formatCount(c.deadLettered),
      formatCount(c.failed),
      formatCount(c.throttledOperations),
      c.requestUnits > 0 ? formatRu(Math.round(c.requestUnits)) : '',
    ]),
    '  ',
  );
}

function finalLines(counters: readonly NamespaceCounters[], code: ExitCode, folder: string): string[] {
  if (counters.length === 0) return ['', 'Nothing was written through the relay.'];
  const verdict: Readonly<Partial<Record<ExitCode, string>>> = {
    [EXIT.success]: 'Nothing was refused for good, and no document was lost to throttling.',
    [EXIT.findings]: `Some documents are dead letters: the target refuses them for good. They are kept whole in ${folder}`,
    [EXIT.resumable]: 'Some writes were refused, and the tool was told so: look at its messages.',
  };
  return [
    '',
    ...countersTable(counters),
    '',
    verdict[code] ?? '',
    'Only the tool knows what it sent: its own count has to agree with "written". Duplicates are told to the tool.',
  ];
}

/** What went wrong outweighs what was set aside. */
function exitCodeOf(counters: readonly NamespaceCounters[]): ExitCode {
  if (counters.some((c) => c.failed > 0 || c.conflicts > 0)) return EXIT.resumable;
  return counters.some((c) => c.deadLettered > 0) ? EXIT.findings : EXIT.success;
}

function plain(c: NamespaceCounters): Record<string, unknown> {
  return { ...c, ns: formatNamespace(c.ns) };
}
