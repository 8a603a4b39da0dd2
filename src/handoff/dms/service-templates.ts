/** Templates for what a migration by DMS lives in. The same text is written to a folder and deployed. */
import type { DmsHandoff } from '../../core/model/handoff.js';

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
export const DMS_API = '2025-06-30';
/** Following the source needs the premium tier. Source: learn.microsoft.com/azure/dms/tutorial-mongodb-cosmos-db-online. */
const SKU = { name: 'Premium_4vCores', tier: 'Premium', size: '4 vCores' };

export interface ArmTemplate {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly defaultValue?: unknown }>>;
  readonly resources: readonly Readonly<Record<string, unknown>>[];
}

export function armTemplate(parameters: ArmTemplate['parameters'], resources: ArmTemplate['resources']): ArmTemplate {
  return { $schema: SCHEMA, contentVersion: '1.0.0.0', parameters, resources };
}

/** A name that begins with `[` would be an expression. */
export function literal(text: string): string {
  return text.startsWith('[') ? `[${text}` : text;
}

/** The classic service with its project (RU targets), or the newer one (vCore). */
export function serviceTemplate(handoff: DmsHandoff, targetKind: 'cosmos-ru' | 'cosmos-vcore'): ArmTemplate {
  const { service, project, azure, subnetId } = handoff;
  const location = "[parameters('location')]";
  const parameters = { location: { type: 'string', defaultValue: azure.location } };
  if (targetKind === 'cosmos-vcore') {
    return armTemplate(parameters, [
      {
        type: 'Microsoft.DataMigration/migrationServices',
        apiVersion: DMS_API,
        name: literal(service),
        location,
        properties: {},
      },
    ]);
  }
  return armTemplate(
    { ...parameters, subnetId: { type: 'string', ...(subnetId === undefined ? {} : { defaultValue: subnetId }) } },
    [
      {
        type: 'Microsoft.DataMigration/services',
        apiVersion: DMS_API,
        name: literal(service),
        location,
        sku: SKU,
        properties: { virtualSubnetId: "[parameters('subnetId')]" },
      },
      {
        type: 'Microsoft.DataMigration/services/projects',
        apiVersion: DMS_API,
        name: literal(`${service}/${project}`),
        location,
        dependsOn: [literal(`Microsoft.DataMigration/services/${service}`)],
        properties: { sourcePlatform: 'MongoDb', targetPlatform: 'MongoDb' },
      },
    ],
  );
}
