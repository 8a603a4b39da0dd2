/** What tests of runs in the extension host stand on: saved clusters, a plan, and answers to what is asked. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Handoff } from '../../src/core/model/handoff.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { makePlan, selectedCollections } from '../../src/core/plan/make-plan.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { tune, tuneInputFor } from '../../src/core/tune/tune.js';
import { adapters } from '../../src/extension-adapters.js';
import { SavedClusterStore } from '../../src/host/clusters/cluster-store.js';
import type { Choice, Questions } from '../../src/host/runs/questions.js';
import type { ClusterStore } from '../../src/host/services.js';

/** Asks nobody: notes what was asked and answers as the test has said. */
export class Answers implements Questions {
  trusted = true;
  agrees = true;
  pick: string | undefined;
  readonly asked: string[] = [];
  readonly ran: unknown[][] = [];

  confirm({ message, detail }: { message: string; detail: string }): Promise<boolean> {
    this.asked.push(`${message} ${detail}`);
    return Promise.resolve(this.agrees);
  }

  tell(_tone: string, message: string, ...choices: readonly Choice[]): void {
    this.asked.push(message);
    void choices.find((choice) => choice.label === this.pick)?.run();
  }

  run(command: string, ...args: readonly unknown[]): Promise<unknown> {
    this.ran.push([command, ...args]);
    return Promise.resolve();
  }

  during<T>(_title: string, work: () => Promise<T>): Promise<T> {
    return work();
  }

  isTrusted(): boolean {
    return this.trusted;
  }
}

export interface Saved {
  readonly source: string;
  readonly target?: string;
}

/** The real store on a memory that ends with the test. */
export async function storeWith(saved: Saved): Promise<SavedClusterStore> {
  const store = new SavedClusterStore({
    memento: memory(),
    secrets: vault(),
    changes: new vscode.EventEmitter<void>(),
    declared: () => [],
    env: {},
    adapters: () => Promise.resolve(adapters),
    askPassword: () => Promise.resolve(undefined),
    onKeyringFailure: (error) => assert.fail(String(error)),
    onSecrets: () => undefined,
  });
  for (const role of ['source', 'target'] as const) {
    const uri = saved[role];
    if (uri === undefined) continue;
    await store.add({ name: `runs-${role}`, role, connectionString: adapters.parseConnectionString(uri) });
  }
  return store;
}

function memory() {
  const values = new Map<string, unknown>();
  return {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
}

function vault() {
  const values = new Map<string, string>();
  return {
    get: (key: string) => Promise.resolve(values.get(key)),
    store: (key: string, value: string) => Promise.resolve(void values.set(key, value)),
    delete: (key: string) => Promise.resolve(void values.delete(key)),
  };
}

export interface WantedPlan {
  readonly folder: string;
  readonly db: string;
  readonly from?: string | undefined;
  readonly handoff?: Handoff;
  /** What the plan takes the target to have; less of it makes a run longer. */
  readonly ruPerSecond?: number;
}

/** A plan that takes `shop.orders` (or `from`) to `db.orders`: some seconds of work. Resolves with the file. */
export async function writePlan(clusters: ClusterStore, wanted: WantedPlan): Promise<string> {
  const { folder, db, from = 'shop.orders', handoff } = wanted;
  const [source] = clusters.list('source');
  const [target] = clusters.list('target');
  assert.ok(source && target);
  const open = async (id: string) =>
    adapters.connect({ connectionString: await clusters.connectionString(id), clock: adapters.clock });
  await using reading = await open(source.id);
  await using writing = await open(target.id);
  const selection = {
    ...EVERYTHING,
    include: [from],
    rename: [{ from, to: `${db}.orders` }],
  };
  const inventory = await adapters.readInventory(reading, { selection });
  const description = describeTarget(writing.facts);
  const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(wanted.ruPerSecond ?? 4_000) } as const;
  const tuning = tune(
    tuneInputFor({
      collections: selectedCollections(inventory, selection),
      target: description,
      cluster: writing.facts,
      throughput,
    }),
  );
  const path = join(folder, `${db}.migration.json`);
  await adapters.writePlanFile(
    path,
    makePlan({
      inventory,
      source: clusters.reference(source.id),
      target: clusters.reference(target.id),
      targetCluster: writing.facts,
      method: handoff?.kind ?? 'dump-restore',
      ...(handoff ? { handoff } : {}),
      selection,
      tuning,
      throughput,
      createdAt: new Date().toISOString(),
    }),
  );
  return path;
}
