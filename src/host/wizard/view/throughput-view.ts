import type { Throughput } from '../../../core/model/facts.js';
import { formatNamespace } from '../../../core/model/namespace.js';
import {
  SINGLE_THROUGHPUTS,
  type SingleThroughputChoice,
  type SingleThroughputKind,
  type ThroughputChoice,
  type WizardView,
} from '../../../protocol/wizard.js';
import { throughputText } from '../../../words/clusters.js';
import { boundsOf } from '../model/tuning-bounds.js';
import type { StepInput } from './wizard-model.js';

/** What new collections of an RU target get: all of them, and single ones that differ. */
export function throughputView(input: StepInput): NonNullable<WizardView['tuning']['throughput']> {
  const { state, t } = input;
  const labels: Readonly<Record<ThroughputChoice, string>> = {
    unsaid: t('What the account gives by itself'),
    manual: t('Manual: this much for each collection'),
    autoscale: t('Autoscale: up to this much for each collection'),
    shared: t('Shared: what the database has'),
    serverless: t('Serverless account'),
  };
  const choices = Object.keys(labels) as ThroughputChoice[];
  return {
    value: state.throughput,
    choices: choices.map((value) => ({ value, label: labels[value] })),
    single: singles(input),
    singleChoices: state.throughput === 'serverless' ? [] : SINGLE_THROUGHPUTS.map((kind) => singleChoice(kind, t)),
  };
}

/** In the order of their names, so that a change does not move its row. */
function singles({ state, derived, t }: StepInput): { readonly ns: string; readonly text: string }[] {
  const said = state.collectionThroughput;
  const names = Object.keys(said).sort();
  const planned = new Map<string, Throughput | undefined>();
  if (names.length > 0) {
    for (const { source, throughput } of derived.plan?.collections ?? []) {
      const name = formatNamespace(source);
      if (Object.hasOwn(said, name)) planned.set(name, throughput);
    }
  }
  return names.map((ns) => {
    const [wanted, given] = [throughputText(said[ns]), throughputText(planned.get(ns) ?? said[ns])];
    return { ns, text: wanted === given ? wanted : t('{0} wanted, {1} without a shard key', wanted, given) };
  });
}

function singleChoice(value: SingleThroughputKind, t: StepInput['t']): SingleThroughputChoice {
  const labels: Readonly<Record<SingleThroughputKind, string>> = {
    common: t('As all others'),
    manual: t('Manual'),
    autoscale: t('Autoscale, up to'),
    shared: t('Shared: what the database has'),
  };
  const label = labels[value];
  if (value === 'common' || value === 'shared') return { value, label };
  const { min, max, step } = boundsOf('ruPerSecond', value, undefined);
  return { value, label, bounds: { min, max, step } };
}
