import { optionUseRule } from '../option-use-rule.js';

/** "let is not supported": a join takes fields that are equal, and nothing else. */
export const featureLookupPipelineUnsupported = optionUseRule({
  id: 'feature-lookup-pipeline-unsupported',
  severity: 'warning',
  remedy: 'rewrite-lookup',
  target: 'cosmos-ru',
  options: ['$lookup.let', '$lookup.pipeline'],
});
