/** Every note that the artefacts for Data Factory and for DMS carry is a sentence, with its figures and names in it. */
import { expect, it } from 'vitest';
import { MigrationError } from '../../src/core/model/error.js';
import type { DmsHandoff } from '../../src/core/model/handoff.js';
import type { Plan, PlannedCollection } from '../../src/core/model/plan.js';
import type { ArtefactNote } from '../../src/handoff/artefacts.js';
import { dataFactoryArtefacts } from '../../src/handoff/data-factory/artefacts.js';
import { copyRange } from '../../src/handoff/data-factory/copy-range.js';
import { WHOLE } from '../../src/handoff/data-factory/id-bounds.js';
import { dmsArtefacts } from '../../src/handoff/dms/dms-artefacts.js';
import { DATA_FACTORY_NOTES } from '../../src/words/data-factory.js';
import { errorWords } from '../../src/words/errors.js';
import { handoffNoteSentence } from '../../src/words/handoff-notes.js';
import { HANDOFF } from '../support/data-factory/migrate.js';
import { aCollection } from './core-builders.js';
import { planOf } from './core-plan-builders.js';

function planWith(changes: readonly Partial<PlannedCollection>[], more: Partial<Plan>): Plan {
  const draft = planOf(changes.map((_, i) => aCollection(`shop.c${i}`)));
  const collections = draft.collections.map((one, i) => ({ ...one, ...changes[i] }));
  return { ...draft, ...more, collections };
}

const VIEW: Partial<PlannedCollection> = { options: { view: { on: 'c1', pipeline: [] } } };

function expectSentences(notes: readonly ArtefactNote[], ids: readonly string[]): void {
  expect(new Set(notes.map(({ id }) => id))).toEqual(new Set(ids));
  for (const note of notes) {
    const sentence = handoffNoteSentence(note);
    expect(sentence).toMatch(/^(shop\.c\d|[A-Z]).*[^.]\.$/);
    expect(sentence).not.toContain(note.id);
    expect(sentence).not.toMatch(/undefined|unknown|NaN|\[object/);
    for (const value of Object.values(note.params)) expect(sentence).toContain(String(value));
  }
}

it('for Data Factory: all of them', () => {
  const plan = planWith([VIEW, {}, { options: { timeseries: { timeField: 't' } } }, { shardKey: [['a', 1]] }], {
    method: 'data-factory',
    targetKind: 'cosmos-vcore',
    handoff: HANDOFF,
  });
  const ranges = plan.collections.map(({ source, target }) =>
    copyRange({ source, target, bounds: WHOLE, documents: 1 }),
  );
  expectSentences(dataFactoryArtefacts(plan, ranges).notes, Object.keys(DATA_FACTORY_NOTES));
});

it('for Data Factory, of a plan without a collection: a refusal in words', () => {
  const plan = planWith([VIEW], { method: 'data-factory', handoff: HANDOFF });
  const refused = new MigrationError('bad-plan', { reason: 'data-factory-nothing' });
  expect(() => dataFactoryArtefacts(plan, [])).toThrow(expect.objectContaining({ facts: refused.facts }));
  expect(errorWords(refused).happened).toBe('There is nothing for Data Factory to copy.');
});

it('for DMS: views and a missing subnet, a dump, a cluster, and several jobs', () => {
  const azure: DmsHandoff = {
    ...{ kind: 'dms', azure: HANDOFF.azure, service: 'dms1', project: 'p1', replication: 'one-time' },
  };
  const cluster = `/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/mongoClusters/c1`;
  const ru = planWith([VIEW, {}], { method: 'dms', targetKind: 'cosmos-ru', handoff: azure });
  expectSentences(dmsArtefacts(ru).notes, ['dms-views-later', 'dms-subnet']);
  const subnetId = '/subscriptions/s/subnets/n';
  const dump = planWith([{}], {
    method: 'dms',
    targetKind: 'cosmos-ru',
    handoff: { ...azure, subnetId, fromDump: true },
  });
  expectSentences(dmsArtefacts(dump).notes, ['dms-from-dump']);
  const handoff = { ...azure, targetResourceId: cluster };
  const many = Array.from({ length: 26 }, () => ({}));
  const vcore = planWith(many, { method: 'dms', targetKind: 'cosmos-vcore', handoff });
  expectSentences(dmsArtefacts(vcore).notes, ['dms-vcore-offline', 'dms-jobs']);
});
