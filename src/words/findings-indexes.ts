/** What is found of indexes that a plan makes. What a plan leaves out or changes is said in fates.ts. */
import { documentsIn, lookedPhrase } from './looked.js';
import { bytesOf, countOf, durationOf, textOf, type Params } from './params.js';

const INDEX = (p: Params): string => `Index ${textOf(p, 'index')}`;

export const INDEX_FINDINGS: Readonly<Record<string, (params: Params) => string>> = {
  'compound-over-array': (p) =>
    `${INDEX(p)} is of several fields, and ${textOf(p, 'fields')} holds an array in ${documentsIn(p)} ${lookedPhrase(p)}: the account makes no such index, or leaves these values out of it.`,
  'unique-over-array': (p) =>
    `${INDEX(p)} is unique, and ${textOf(p, 'fields')} holds an array in ${documentsIn(p)} ${lookedPhrase(p)}: the account does not keep these values unique.`,
  'unique-before-data': (p) =>
    `Unique indexes (${textOf(p, 'indexes')}): the account makes them on an empty collection only, so they are made before the data.`,
  'unique-indexes-over-10': (p) =>
    `${countOf(p, 'count')} unique indexes: Azure lists ${countOf(p, 'limit')} unique keys for a container, and nobody has confirmed whether these count.`,
  'ttl-numbers-expire': (p) =>
    `${INDEX(p)} deletes old documents by ${textOf(p, 'path')}, which is a number in ${documentsIn(p)} ${lookedPhrase(p)}: MongoDB never deletes these, the account takes the number for milliseconds since 1970 and does.`,
  'ttl-field-unfit': (p) =>
    `${INDEX(p)} deletes old documents by ${textOf(p, 'path')}, which is no date or an array in ${documentsIn(p)} ${lookedPhrase(p)}: they may never be deleted.`,
  'index-beyond-documented': (p) =>
    `${INDEX(p)} has a field name of more than ${bytesOf(p, 'limitBytes')} or ${countOf(p, 'levels')} levels, which is more than Azure documents for vCore. It is tried.`,
  'index-unused': (p) =>
    `${INDEX(p)} was not used by any query for ${durationOf(p, 'countedMs')}, on the member that was asked. It costs request units and memory with each write.`,
};
