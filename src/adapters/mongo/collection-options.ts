/** Options of a collection as `listCollections` tells them. */
import type { Document } from 'bson';
import type { CollectionOptions, CollectionType } from '../../core/model/facts.js';
import { bytes } from '../../core/model/units.js';
import { asFlag, asNumber, toPlain, toPlainObject, type PlainObject } from './plain-json.js';

export function collectionType(entry: Document): CollectionType {
  if (entry.type === 'view') return 'view';
  return entry.type === 'timeseries' ? 'timeseries' : 'collection';
}

/** @param options the typed (not promoted) `options` of a `listCollections` entry */
export function collectionOptions(options: Document): CollectionOptions {
  const size = asNumber(options.size);
  const max = asNumber(options.max);
  const expire = asNumber(options.expireAfterSeconds);
  const images = options.changeStreamPreAndPostImages as Document | undefined;
  const plain = (name: string): PlainObject | undefined =>
    options[name] === undefined ? undefined : toPlainObject(options[name]);
  const timeseries = plain('timeseries');
  const validator = plain('validator');
  const collation = plain('collation');
  return {
    ...(asFlag(options.capped)
      ? { capped: { sizeBytes: bytes(size ?? 0), ...(max === undefined || max === 0 ? {} : { maxDocuments: max }) } }
      : {}),
    ...(timeseries ? { timeseries } : {}),
    ...(options.viewOn === undefined
      ? {}
      : { view: { on: String(options.viewOn), pipeline: toPlain(options.pipeline ?? []) as readonly PlainObject[] } }),
    ...(validator ? { validator } : {}),
    ...(options.validationLevel === undefined ? {} : { validationLevel: String(options.validationLevel) }),
    ...(options.validationAction === undefined ? {} : { validationAction: String(options.validationAction) }),
    ...(collation ? { collation } : {}),
    ...(options.clusteredIndex === undefined ? {} : { clustered: true }),
    ...(images === undefined ? {} : { changeStreamPreAndPostImages: asFlag(images.enabled) }),
    ...(expire === undefined ? {} : { expireAfterSeconds: expire }),
  };
}
