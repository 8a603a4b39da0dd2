/** Cosmos DB accounts and clusters of the model: read only, as the published examples show them. */
import { errorReply, pageOf, type MockRoute } from './mock-parts.js';
import { without } from './shape.js';

const ACCOUNTS = ['2024-11-15'];
const CLUSTERS = ['2024-07-01'];

export interface MockAccount {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly kind?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** What `listConnectionStrings` tells; nobody may where it is absent. */
  readonly connectionStrings?: readonly Readonly<Record<string, string>>[];
  /** By budget: `db.` or `db.coll`. */
  readonly throughput?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export function accountRoutes(accounts: readonly MockAccount[]): readonly MockRoute[] {
  const isCluster = (a: MockAccount): boolean => /\/mongoClusters\//i.test(a.id);
  const find = (id: string | undefined): MockAccount | undefined =>
    accounts.find((a) => a.id.toLowerCase() === id?.toLowerCase());
  const shown = (a: MockAccount) => without({ ...a }, 'connectionStrings', 'throughput');
  const list = (type: string, apiVersions: readonly string[], suits: (a: MockAccount) => boolean): MockRoute => ({
    method: 'GET',
    path: `/subscriptions/{subscription}/providers/Microsoft.DocumentDB/${type}`,
    apiVersions,
    handle: (call, mock) =>
      pageOf(
        accounts
          .filter((a) => suits(a) && a.id.startsWith(`/subscriptions/${call.params['subscription']}/`))
          .map(shown),
        call,
        mock,
      ),
  });
  const one = (type: string, apiVersions: readonly string[]): MockRoute => ({
    method: 'GET',
    path: `/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DocumentDB/${type}/{name}`,
    apiVersions,
    handle({ path }) {
      const account = find(path);
      return account
        ? { status: 200, body: shown(account) }
        : errorReply(404, 'ResourceNotFound', 'The resource was not found.');
    },
  });
  const strings = (type: string, apiVersions: readonly string[]): MockRoute => ({
    method: 'POST',
    path: `/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DocumentDB/${type}/{name}/listConnectionStrings`,
    apiVersions,
    handle({ path }) {
      const account = find(path.slice(0, path.lastIndexOf('/')));
      if (!account) return errorReply(404, 'ResourceNotFound', 'Not found.');
      if (!account.connectionStrings) {
        return errorReply(
          403,
          'AuthorizationFailed',
          'The client does not have authorization to perform action listConnectionStrings.',
        );
      }
      return { status: 200, body: { connectionStrings: account.connectionStrings } };
    },
  });
  const throughput = (below: string, budget: (params: Readonly<Record<string, string>>) => string): MockRoute => ({
    method: 'GET',
    path: `/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DocumentDB/databaseAccounts/{name}/mongodbDatabases/{database}${below}/throughputSettings/default`,
    apiVersions: ACCOUNTS,
    handle({ path, params }) {
      const resource = find(path.slice(0, path.indexOf('/mongodbDatabases')))?.throughput?.[budget(params)];
      return resource
        ? { status: 200, body: { properties: { resource } } }
        : errorReply(404, 'NotFound', 'Offer not found.');
    },
  });
  const inAccount =
    '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DocumentDB/databaseAccounts/{name}';
  const names = (
    path: string,
    of: (a: MockAccount, params: Readonly<Record<string, string>>) => string[],
  ): MockRoute => ({
    method: 'GET',
    path: `${inAccount}/mongodbDatabases${path}`,
    apiVersions: ACCOUNTS,
    handle(call, mock) {
      const account = find(call.path.slice(0, call.path.indexOf('/mongodbDatabases')));
      const found = account ? [...new Set(of(account, call.params))] : [];
      return pageOf(
        found.map((id) => ({ name: id, properties: { resource: { id } } })),
        call,
        mock,
      );
    },
  });
  const budgets = ({ throughput: by = {} }: MockAccount): string[] => Object.keys(by);
  const databaseOf = (budget: string): string => budget.slice(0, budget.indexOf('.'));
  return [
    names('', (a) => budgets(a).map(databaseOf)),
    names('/{database}/collections', (a, { database }) =>
      budgets(a)
        .filter((budget) => databaseOf(budget) === database && !budget.endsWith('.'))
        .map((budget) => budget.slice(budget.indexOf('.') + 1)),
    ),
    list('databaseAccounts', ACCOUNTS, (a) => !isCluster(a)),
    list('mongoClusters', CLUSTERS, isCluster),
    one('databaseAccounts', ACCOUNTS),
    one('mongoClusters', CLUSTERS),
    strings('databaseAccounts', ACCOUNTS),
    strings('mongoClusters', CLUSTERS),
    throughput('', (p) => `${p['database']}.`),
    throughput('/collections/{collection}', (p) => `${p['database']}.${p['collection']}`),
  ];
}
