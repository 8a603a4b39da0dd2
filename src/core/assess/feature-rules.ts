/** Rules on what the source is used for; they are silent where that was not read. */
import { featureStageUnsupported } from './rules/feature-stage-unsupported.js';
import { featureExpressionUnsupported } from './rules/feature-expression-unsupported.js';
import { featureAccumulatorUnsupported } from './rules/feature-accumulator-unsupported.js';
import { featureQueryOperatorUnsupported } from './rules/feature-query-operator-unsupported.js';
import { featureCommandUnsupported } from './rules/feature-command-unsupported.js';
import { featureJavascriptUnsupported } from './rules/feature-javascript-unsupported.js';
import { featureTextSearchUnsupported } from './rules/feature-text-search-unsupported.js';
import { featureCountedUnsupported } from './rules/feature-counted-unsupported.js';
import { featureNotListed } from './rules/feature-not-listed.js';
import { featureLookupPipelineUnsupported } from './rules/feature-lookup-pipeline-unsupported.js';
import { featureFindAndModifySortUnsupported } from './rules/feature-find-and-modify-sort-unsupported.js';
import { featureArrayLiteralUnsupported } from './rules/feature-array-literal-unsupported.js';
import { featureRegexScans } from './rules/feature-regex-scans.js';
import { featureCollationIgnoredVcore } from './rules/feature-collation-ignored-vcore.js';
import { featureCollationUnsupportedRu } from './rules/feature-collation-unsupported-ru.js';
import { featureOptionIgnoredVcore } from './rules/feature-option-ignored-vcore.js';
import { featureOptionRefusedVcore } from './rules/feature-option-refused-vcore.js';
import { featureWriteConcernIgnoredRu } from './rules/feature-write-concern-ignored-ru.js';
import { featureWriteConcernIgnoredVcore } from './rules/feature-write-concern-ignored-vcore.js';
import { featureLookupFormUnknown } from './rules/feature-lookup-form-unknown.js';
import { featureTransactionsUnsupported } from './rules/feature-transactions-unsupported.js';
import { featureTransactionsLimitedRu } from './rules/feature-transactions-limited-ru.js';
import { featureTransactionSharded } from './rules/feature-transaction-sharded.js';
import { featureTransactionsLimitedVcore } from './rules/feature-transactions-limited-vcore.js';
import { featureChangeStreamsLimited } from './rules/feature-change-streams-limited.js';
import { featureSortWithoutIndex } from './rules/feature-sort-without-index.js';
import { clientRetryWritesRefused } from './rules/client-retry-writes-refused.js';
import { clientRetryWritesTwice } from './rules/client-retry-writes-twice.js';
import { clientRetryWritesUnordered } from './rules/client-retry-writes-unordered.js';
import { clientConnectionSettingsRu } from './rules/client-connection-settings-ru.js';
import { clientConnectionSettingsVcore } from './rules/client-connection-settings-vcore.js';
import { clientDriverTooOld } from './rules/client-driver-too-old.js';
import { clientUsersByHand } from './rules/client-users-by-hand.js';
import { featureUseUnknown } from './rules/feature-use-unknown.js';
import type { Rule } from './rule.js';

export const FEATURE_RULES: readonly Rule[] = [
  featureStageUnsupported,
  featureExpressionUnsupported,
  featureAccumulatorUnsupported,
  featureQueryOperatorUnsupported,
  featureCommandUnsupported,
  featureJavascriptUnsupported,
  featureTextSearchUnsupported,
  featureCountedUnsupported,
  featureNotListed,
  featureLookupPipelineUnsupported,
  featureFindAndModifySortUnsupported,
  featureArrayLiteralUnsupported,
  featureRegexScans,
  featureCollationIgnoredVcore,
  featureCollationUnsupportedRu,
  featureOptionIgnoredVcore,
  featureOptionRefusedVcore,
  featureWriteConcernIgnoredRu,
  featureWriteConcernIgnoredVcore,
  featureLookupFormUnknown,
  featureTransactionsUnsupported,
  featureTransactionsLimitedRu,
  featureTransactionSharded,
  featureTransactionsLimitedVcore,
  featureChangeStreamsLimited,
  featureSortWithoutIndex,
  clientRetryWritesRefused,
  clientRetryWritesTwice,
  clientRetryWritesUnordered,
  clientConnectionSettingsRu,
  clientConnectionSettingsVcore,
  clientDriverTooOld,
  clientUsersByHand,
  featureUseUnknown,
];
