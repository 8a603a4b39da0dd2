/** Checks a price file against its published schema; in the bundles, code made from the schema stands in the place of this file (`scripts/plan-validator.ts`). */
import { Ajv } from 'ajv';
import schema from '../../../media/prices.schema.json';
import type { PriceFile } from '../../core/cost/price-list.js';

export const validatePrices = new Ajv({ allErrors: true, strict: true }).compile<PriceFile>(schema);
