/**
 * Checks a plan against its published schema. Where the product is bundled, code that was made from the schema beforehand (`scripts/plan-validator.ts`) stands in
 * the place of this file: making it takes longer than everything else at the start of the command line.
 */
import { Ajv } from 'ajv';
import schema from '../../../media/plan.schema.json';
import type { Plan } from '../../core/model/plan.js';

export const validatePlan = new Ajv({ allErrors: true, strict: true }).compile<Plan>(schema);
