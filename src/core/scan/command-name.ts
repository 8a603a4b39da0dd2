/**
 * A command in short: its name, and of a pipeline the stages that it has, each once and those of inner pipelines among them: `aggregate ($collStats, $project)`. Fields whose
 * names begin with a dollar within a stage are no stages.
 */
export function commandName(command: Readonly<Record<string, unknown>>): string {
  const [name = ''] = Object.keys(command);
  const stages = [...new Set(stagesOf(command['pipeline']))];
  return stages.length === 0 ? name : `${name} (${stages.join(', ')})`;
}

function stagesOf(pipeline: unknown): readonly string[] {
  if (!Array.isArray(pipeline)) return [];
  return pipeline.flatMap((stage: Readonly<Record<string, unknown>>) =>
    Object.entries(stage).flatMap(([name, body]) => [name, ...innerStages(body)]),
  );
}

/** `$lookup` and `$unionWith` have their pipeline in a field of this name. */
function innerStages(body: unknown): readonly string[] {
  return typeof body === 'object' && body !== null && 'pipeline' in body ? stagesOf(body.pipeline) : [];
}
