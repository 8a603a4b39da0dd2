/** Requests to a factory about its runs, as the published specification of Microsoft.DataFactory 2018-06-01 has them. */
import { errorReply, type MockReply, type MockRoute } from '../arm/mock-parts.js';
import type { Shape } from '../arm/shape.js';
import type { FactoryRuns, MockRun } from './mock-parts.js';
import { list, NotAccepted, record, refuse, text, type Json } from './refusal.js';

const API = ['2018-06-01'];
const FACTORY =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataFactory/factories/{factory}';
const PAGE = 50;

const QUERY: Shape = {
  fields: {
    lastUpdatedAfter: 'text',
    lastUpdatedBefore: 'text',
    continuationToken: 'text',
    filters: {
      list: {
        fields: {
          operand: { one: ['PipelineName', 'ActivityType'] },
          operator: { one: ['Equals'] },
          values: { list: 'text' },
        },
        needs: ['operand', 'operator', 'values'],
      },
    },
  },
  needs: ['lastUpdatedAfter', 'lastUpdatedBefore'],
};

export function factoryRoutes(factory: FactoryRuns): readonly MockRoute[] {
  const ofRun = (id: string | undefined, answer: (run: MockRun) => MockReply): MockReply => {
    const run = factory.runs.get(id ?? '');
    return run ? answer(run) : errorReply(404, 'NotFound', 'There is no such run.');
  };
  return [
    {
      method: 'POST',
      path: `${FACTORY}/pipelines/{pipeline}/createRun`,
      apiVersions: API,
      shape: { map: 'any' },
      handle({ params, body }, mock) {
        const pipeline = params['pipeline'] ?? '';
        if (!factory.has(pipeline)) return errorReply(404, 'PipelineNotFound', `There is no ${pipeline}.`);
        try {
          return { status: 200, body: { runId: factory.begin(pipeline, record(body, 'parameters')).id } };
        } catch (error) {
          if (error instanceof NotAccepted) return mock.refuse(`createRun: ${error.message}`, 400, 'BadRequest');
          throw error;
        }
      },
    },
    {
      method: 'POST',
      path: `${FACTORY}/integrationRuntimes/{runtime}/getStatus`,
      apiVersions: API,
      handle: ({ params }) => {
        const name = params['runtime'] ?? '';
        const state = factory.runtimes.get(name);
        return state === undefined
          ? errorReply(404, 'IntegrationRuntimeNotFound', `There is no ${name}.`)
          : { status: 200, body: { name, properties: { type: 'SelfHosted', state, typeProperties: {} } } };
      },
    },
    {
      method: 'GET',
      path: `${FACTORY}/pipelineruns/{run}`,
      apiVersions: API,
      handle: ({ params }) => ofRun(params['run'], (run) => ({ status: 200, body: shown(run) })),
    },
    {
      method: 'POST',
      path: `${FACTORY}/pipelineruns/{run}/cancel`,
      apiVersions: API,
      handle: ({ params }) =>
        ofRun(params['run'], ({ halt }) => {
          halt.abort('cancelled');
          return { status: 200 };
        }),
    },
    {
      method: 'POST',
      path: `${FACTORY}/queryPipelineRuns`,
      apiVersions: API,
      shape: QUERY,
      handle: ({ body }) => {
        const all = [...factory.runs.values()];
        return page(body, 'PipelineName', (key) => all.filter((run) => key(run.pipeline, run.updatedAt)).map(shown));
      },
    },
    {
      method: 'POST',
      path: `${FACTORY}/pipelineruns/{run}/queryActivityruns`,
      apiVersions: API,
      shape: QUERY,
      handle: ({ params, body }) =>
        ofRun(params['run'], ({ activities }) =>
          page(body, 'ActivityType', (key) => activities.filter((one) => key(one.activityType, one.at))),
        ),
    },
  ];
}

function shown({ id, pipeline, status, message }: MockRun): Json {
  return { runId: id, pipelineName: pipeline, status, message };
}

/** Those of the wanted values, within the wanted time. */
function page(
  body: unknown,
  operand: string,
  select: (isWanted: (value: string, at: number) => boolean) => readonly unknown[],
): MockReply {
  const query = record(body, 'query');
  const after = Date.parse(text(query['lastUpdatedAfter'], 'query'));
  const before = Date.parse(text(query['lastUpdatedBefore'], 'query'));
  const wanted = list(query['filters'] ?? [], 'filters').flatMap((one) => {
    const filter = record(one, 'filter');
    if (filter['operand'] !== operand) refuse('filter', 'not modelled');
    return list(filter['values'], 'values');
  });
  const found = select((value, at) => wanted.includes(value) && at >= after && at <= before);
  const start = Number(query['continuationToken'] ?? 0);
  const more = start + PAGE < found.length ? { continuationToken: String(start + PAGE) } : {};
  return { status: 200, body: { value: found.slice(start, start + PAGE), ...more } };
}
