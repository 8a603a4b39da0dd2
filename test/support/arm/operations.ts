/** Long-running operations: `Azure-AsyncOperation` with a status, or `Location` with 202 until the end. Time is the clock's. */
import { errorReply, type ArmMock, type MockReply, type MockRoute } from './mock-parts.js';

export interface MockOperation {
  /** Milliseconds. */
  readonly endsAt: number;
  readonly retryAfterSeconds: number;
  /** Called once, when somebody looks after the end: what has come of it. */
  readonly end: () => OperationEnd;
  ended?: OperationEnd;
}

export type OperationEnd =
  | { readonly status: 'Succeeded'; readonly reply?: MockReply }
  | { readonly status: 'Failed' | 'Canceled'; readonly code: string; readonly message: string };

const OPERATIONS = new WeakMap<ArmMock, Map<string, MockOperation>>();
const VERSION = '2021-04-01';

/** Headers that lead to an operation, in the one style or the other. */
export function begin(
  mock: ArmMock,
  operation: Omit<MockOperation, 'endsAt'> & { readonly takesMs: number },
  style: 'azure-asyncoperation' | 'location' = 'azure-asyncoperation',
): Readonly<Record<string, string>> {
  const all = OPERATIONS.get(mock) ?? new Map<string, MockOperation>();
  OPERATIONS.set(mock, all);
  const name = String(all.size + 1);
  all.set(name, { ...operation, endsAt: mock.clock.now() + operation.takesMs });
  const kind = style === 'location' ? 'operationresults' : 'operationstatuses';
  return {
    [style]: `${mock.endpoint}/subscriptions/${mock.subscriptions[0]?.id}/providers/Microsoft.Resources/${kind}/${name}?api-version=${VERSION}`,
    'retry-after': String(operation.retryAfterSeconds),
  };
}

export function operationRoutes(): readonly MockRoute[] {
  const at = (kind: string): string =>
    `/subscriptions/{subscription}/providers/Microsoft.Resources/${kind}/{operation}`;
  return [
    {
      method: 'GET',
      path: at('operationstatuses'),
      apiVersions: [VERSION],
      handle({ params }, mock) {
        const state = look(mock, params['operation'] ?? '');
        if (!state) return errorReply(404, 'OperationNotFound', 'No such operation.');
        const headers = { 'retry-after': String(state.operation.retryAfterSeconds) };
        if (!state.end) return { status: 200, headers, body: { status: 'Running' } };
        const { end } = state;
        if (end.status === 'Succeeded') return { status: 200, body: { status: end.status } };
        return { status: 200, body: { status: end.status, error: { code: end.code, message: end.message } } };
      },
    },
    {
      method: 'GET',
      path: at('operationresults'),
      apiVersions: [VERSION],
      handle({ params }, mock) {
        const state = look(mock, params['operation'] ?? '');
        if (!state) return errorReply(404, 'OperationNotFound', 'No such operation.');
        const headers = { 'retry-after': String(state.operation.retryAfterSeconds) };
        if (!state.end) return { status: 202, headers };
        const { end } = state;
        return end.status === 'Succeeded'
          ? (end.reply ?? { status: 200, body: {} })
          : errorReply(400, end.code, end.message);
      },
    },
  ];
}

function look(mock: ArmMock, name: string): { operation: MockOperation; end?: OperationEnd } | undefined {
  const operation = OPERATIONS.get(mock)?.get(name);
  if (!operation) return undefined;
  if (mock.clock.now() < operation.endsAt) return { operation };
  operation.ended ??= operation.end();
  return { operation, end: operation.ended };
}
