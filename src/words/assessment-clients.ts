/** Settings of the clients that differ on the target. */
import type { Assessment } from '../core/model/assessment.js';
import { SOURCES } from '../core/assess/sources.js';
import type { TargetKind } from '../core/plan/target.js';
import type { NoteBook } from './assessment-notes.js';
import { shortTargetName } from './assessment-targets.js';
import { code, prose, section, type Block, type Content, type Section } from './report-parts.js';

interface Setting {
  readonly setting: string;
  readonly why: string;
  readonly source: string;
}

const tls = (source: string): Setting => ({
  setting: 'tls=true',
  why: 'The service takes no connection without TLS 1.2 or newer.',
  source,
});

/** As the connection strings of the portal have them; the finding on connection strings names the same. */
const SETTINGS: Readonly<Record<TargetKind, readonly Setting[]>> = {
  'cosmos-ru': [
    {
      setting: 'port 10255, replicaSet=globaldb',
      why: 'The account takes connections there, and calls itself a replica set of this name.',
      source: SOURCES.ruErrors,
    },
    tls(SOURCES.ruErrors),
    {
      setting: 'retryWrites=false',
      why: 'Retryable writes are refused unless the account has them switched on (EnableMongoRetryableWrites).',
      source: SOURCES.ruFeatures,
    },
    {
      setting: 'maxIdleTimeMS=120000',
      why: 'The load balancer drops connections that were idle for four minutes.',
      source: SOURCES.ruErrors,
    },
    {
      setting: 'retries of error 16500',
      why: 'When the throughput is used up, operations are refused with 16500: wait as long as the reply says and send what was refused again, or switch server side retry on.',
      source: SOURCES.ruErrors,
    },
  ],
  'cosmos-vcore': [
    {
      setting: 'mongodb+srv',
      why: 'The cluster is found by its name alone, without a port.',
      source: SOURCES.vcoreConnect,
    },
    tls(SOURCES.vcoreConnect),
    {
      setting: 'retryWrites=false',
      why: 'The connection string of the service switches them off.',
      source: SOURCES.vcoreFeatures,
    },
    {
      setting: 'authMechanism=SCRAM-SHA-256',
      why: 'The older SCRAM-SHA-1 is not known there.',
      source: SOURCES.vcoreFeatures,
    },
    {
      setting: 'maxIdleTimeMS=120000',
      why: 'The connection string of the service ends connections that were idle for two minutes.',
      source: SOURCES.vcoreConnect,
    },
  ],
  mongodb: [],
};

export function clientSettings({ targets, usage }: Assessment, notes: NoteBook): Section | undefined {
  const blocks = targets.flatMap(({ target: { kind } }): readonly Block[] => {
    if (SETTINGS[kind].length === 0) return [];
    const rows = SETTINGS[kind].map(({ setting, why, source }): readonly Content[] => [
      code(setting),
      { ...prose(why), notes: [notes.source(source)] },
    ]);
    return [
      { kind: 'heading', text: `For ${shortTargetName(kind)}` },
      { kind: 'table', columns: [{ title: 'Setting' }, { title: 'Why' }], rows },
    ];
  });
  if (blocks.length === 0) return undefined;
  const drivers = [...new Set(usage?.clients.map(({ driver, version }) => `${driver} ${version}`))];
  return section(
    'Clients',
    {
      kind: 'paragraph',
      text:
        drivers.length === 0
          ? usage && !usage.gaps.some(({ purpose }) => purpose === 'clients')
            ? 'No application was connected when the source was read, so that nothing is known of their drivers.'
            : 'Which drivers the applications use could not be seen.'
          : `Drivers that are connected to the source: ${drivers.slice(0, 8).join(', ')}.`,
    },
    ...blocks,
  );
}
