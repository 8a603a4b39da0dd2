/** What Azure says of an account or a cluster, as Markdown, in the words of the command line's `accounts`. */
import type { AzureAccountFacts, AzureThroughput } from '../../core/model/azure-account.js';
import { accountAbilities } from '../../words/account-abilities.js';
import {
  ABOVE_AT_ONCE,
  NO_OWN_THROUGHPUT,
  THROUGHPUT_COLUMNS,
  throughputCells,
} from '../../words/account-throughput.js';
import { clusterKind } from '../../words/cluster-kinds.js';
import { time, type Cell, type Section } from '../../words/report-parts.js';
import { sectionsMarkdown } from '../../words/report-markdown.js';
import type { Translate } from '../translate.js';

export interface ReadAccount {
  readonly account: AzureAccountFacts;
  /** Of an RU account. */
  readonly throughput?: readonly AzureThroughput[];
  /** ISO date. */
  readonly readAt: string;
}

const prose = (text: string): Cell => ({ text });
const code = (text: string): Cell => ({ text, code: true });

export function accountDocument(title: string, { account, throughput, readAt }: ReadAccount, t: Translate): string {
  const { kind, serverVersion = '', location, resourceGroup, resourceId, network } = account;
  const networks = network.publicAccess === 'rules' ? network.addresses.join(', ') : '';
  const regions = account.kind === 'cosmos-ru' ? account.regions.join(', ') : '';
  const pairs: readonly (readonly [string, string])[] = [
    [t('Place'), location],
    [t('Regions'), regions],
    [t('Resource group'), resourceGroup],
    [t('What it can do'), accountAbilities(account).join(', ')],
    [t('Addresses that reach it'), networks],
    [t('Read at'), time(readAt)],
  ];
  const about: Section = {
    title: t('Account'),
    blocks: [
      {
        kind: 'pairs',
        pairs: [
          ...pairs.filter(([, text]) => text !== '').map(([label, text]) => [label, prose(text)] as const),
          [t('Resource'), code(resourceId)],
        ],
      },
    ],
  };
  return sectionsMarkdown(title, `${clusterKind(kind)} ${serverVersion}`.trim(), [
    about,
    ...(throughput ? [throughputSection(throughput, t)] : []),
  ]);
}

function throughputSection(throughput: readonly AzureThroughput[], t: Translate): Section {
  const title = t('Throughput');
  if (throughput.length === 0) return { title, blocks: [{ kind: 'paragraph', text: NO_OWN_THROUGHPUT }] };
  const rows = throughput.map((one) => {
    const [name, ...figures] = throughputCells(one);
    return [code(name), ...figures.map(prose)];
  });
  return {
    title,
    blocks: [
      { kind: 'table', columns: THROUGHPUT_COLUMNS, rows },
      { kind: 'paragraph', text: ABOVE_AT_ONCE },
    ],
  };
}
