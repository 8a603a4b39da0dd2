import type { Finding } from '../core/model/finding.js';
import type { OptionWhy } from '../core/plan/whys.js';
import { indexWhySentence, droppedOptionSentence } from './fates.js';
import { FEATURE_REMEDIES, FEATURE_SENTENCES } from './finding-features.js';
import { DOCUMENT_FINDINGS } from './findings-documents.js';
import { INDEX_FINDINGS } from './findings-indexes.js';
import { SHARD_KEY_FINDINGS } from './findings-shard-keys.js';
import { SOURCE_FINDINGS } from './findings-source.js';
import { carrierIn, lookUp, textOf, unknownId, type Params } from './params.js';
import { REFUSED_BY, REMEDIES } from './remedies.js';

/** An option's own name, for findings that come from a plan's reason. */
const OPTION_OF: Readonly<Record<OptionWhy, string>> = {
  'capped-unsupported': 'capped',
  'validator-unsupported': 'validator',
  'validator-not-carried': 'validator',
  'validator-fields-changed': 'validator',
  'collation-unsupported': 'collation',
  'clustered-unsupported': 'clustered',
  'pre-images-unsupported': 'changeStreamPreAndPostImages',
  'expiry-unsupported': 'expireAfterSeconds',
  'expiry-would-delete': 'expireAfterSeconds',
  'shard-key-compound': 'shardKey',
  'shard-key-left-out': 'shardKey',
  'shard-key-field-dropped': 'shardKey',
  'throughput-lowered-unsharded': 'throughput',
};

/** By rule, in files by topic; rules that go by a plan's reason say what the plan says. */
const SENTENCES: Readonly<Record<string, (params: Params) => string>> = {
  ...DOCUMENT_FINDINGS,
  ...SHARD_KEY_FINDINGS,
  ...INDEX_FINDINGS,
  ...SOURCE_FINDINGS,
};

/** What was found, without the namespace's name. */
export function findingSentence(finding: Finding): string {
  const { rule, params } = finding;
  const own = lookUp(SENTENCES, rule);
  if (own) return own(params);
  if (rule.startsWith('index-')) {
    return `Index ${textOf(params, 'index')}: ${indexWhySentence(rule.slice('index-'.length))}.`;
  }
  const why = rule.replace(/^option-/, '');
  const option = lookUp(OPTION_OF, why);
  if (option !== undefined && why !== rule) return droppedOptionSentence({ option, why });
  return lookUp(FEATURE_SENTENCES, rule)?.(params) ?? unknownId(rule, params);
}

/** What to do about a finding. */
export function remedySentence({ remedy, params }: Pick<Finding, 'remedy' | 'params'>): string {
  const known = lookUp(REMEDIES, remedy) ?? lookUp(FEATURE_REMEDIES, remedy) ?? remedy;
  if (typeof known === 'string') return known;
  const carrier = carrierIn(params);
  return `${known.todo}; ${(carrier && REFUSED_BY[carrier]) ?? known.aside}.`;
}
