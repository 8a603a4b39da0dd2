import type { FeatureKind } from '../../model/usage.js';
import type { TargetDescription } from '../../plan/target.js';
import { SOURCES } from '../sources.js';
import { supportIn, type Support } from './availability.js';
import { RU_FEATURES, RU_UNLISTED } from './ru-features.js';
import { VCORE_FEATURES } from './vcore-features.js';

/** The newest that is offered, where a target's version is not known. */
const NEWEST_RU = [7, 0];
const NEWEST_VCORE = [8, 0];

const LEARN = 'https://learn.microsoft.com/azure';

/** Documents of features are one for each version. */
const RU_VERSIONS: readonly (readonly number[])[] = [
  [7, 0],
  [6, 0],
  [5, 0],
  [4, 2],
  [4, 0],
];

/** Version of a target, or the newest of its kind. */
export function versionOf({ kind, versionArray }: TargetDescription): readonly number[] {
  if (versionArray.length > 0) return versionArray;
  return kind === 'cosmos-ru' ? NEWEST_RU : NEWEST_VCORE;
}

/** `4.2` */
export function versionName(target: TargetDescription): string {
  const [major = 0, minor = 0] = versionOf(target);
  return `${major}.${minor}`;
}

/** The document that says what a target takes. */
export function featureSource(target: TargetDescription): string {
  if (target.kind !== 'cosmos-ru') return SOURCES.vcoreFeatures;
  const version = versionOf(target);
  const known = RU_VERSIONS.find((one) => supportIn({ it: [one] }, 'it', version) === 'yes') ?? [3, 6];
  return `${LEARN}/cosmos-db/mongodb/feature-support-${known.join('')}`;
}

/** Whether a target takes something, as its documentation says. A MongoDB target takes everything that is in use on a source. */
export function supportOf(target: TargetDescription, kind: FeatureKind, name: string): Support {
  if (target.kind === 'cosmos-ru') {
    const support = supportIn(RU_FEATURES[kind], name, versionOf(target));
    if (support !== 'unlisted' || (kind !== 'command' && kind !== 'option')) return support;
    return RU_UNLISTED[kind].has(name) ? 'unlisted' : 'yes';
  }
  if (target.kind !== 'cosmos-vcore') return 'yes';
  return supportIn(VCORE_FEATURES[kind], name, versionOf(target)) === 'no' ? 'no' : 'yes';
}
