declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Bytes of BSON or of storage; which of the two is said by the field that holds it. */
export type Bytes = Unit<'bytes'>;
/** Request units (RU), the currency of Azure Cosmos DB. */
export type RequestUnits = Unit<'request-units'>;
/** Provisioned or used throughput in request units per second (RU/s). */
export type RequestUnitsPerSecond = Unit<'request-units-per-second'>;
export type Milliseconds = Unit<'milliseconds'>;

export const bytes = (value: number): Bytes => value as Bytes;
export const requestUnits = (value: number): RequestUnits => value as RequestUnits;
export const ruPerSecond = (value: number): RequestUnitsPerSecond => value as RequestUnitsPerSecond;
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const TIB = 1024 * GIB;
