import type { ErrorFacts } from '../core/model/error.js';
import type { ErrorWords } from './error-words.js';
import { incompleteHandoffSentences } from './handoffs.js';
import { dataFactoryFlaw, isDataFactoryFlaw } from './data-factory.js';
import { methodNameOf } from './methods.js';
import { clusterKind } from './cluster-kinds.js';
import { isTransformFlaw, transformFlaw } from './transforms.js';
import { textOf } from './params.js';

/** A plan, or what was asked for, that cannot be carried out. */
export function badPlanWords(reason: string, facts: ErrorFacts): ErrorWords {
  const ns = textOf(facts, 'namespace', textOf(facts, 'ns', 'A collection'));
  const make = (happened: string, why: string, todo: string): ErrorWords => ({ happened, why, todo });
  switch (reason) {
    case 'invalid':
      return make(
        `${textOf(facts, 'path', 'The plan')} is not a valid plan.`,
        `Problems: ${textOf(facts, 'problems')}.`,
        'Correct them, or make the plan again.',
      );
    case 'include-matches-nothing':
    case 'exclude-matches-nothing':
      return make(
        `"${textOf(facts, 'pattern')}" matches no collection of the source.`,
        didYouMean(facts),
        'Look for a typing mistake; names are case-sensitive.',
      );
    case 'rename-unknown':
    case 'setting-unknown':
      return make(
        `${ns} is not among the collections to migrate.`,
        didYouMean(facts),
        'Look for a typing mistake, and at what is included and excluded.',
      );
    case 'files-need-export-import':
      return make(
        'The plan has a folder of files in the place of a cluster.',
        'Only the method export-import reads and writes files, and the plan must name their folder.',
        'Make the plan again with --to-files or --from-files.',
      );
    case 'csv-needs-fields':
      return make(`CSV needs to be told the fields of ${ns}.`, '', 'Name them with --fields.');
    case 'rename-twice':
      return make(`${ns} is renamed twice.`, '', 'Keep one of the renames.');
    case 'rename-to-system':
      return make(`${ns} belongs to the server itself.`, '', 'Choose another name.');
    case 'rename-collision':
      return make(
        `Two collections would get the name ${ns}.`,
        `They are ${textOf(facts, 'sources')}.`,
        'Rename one of them.',
      );
    case 'database-case-collision':
      return make(
        `Two databases differ only in upper and lower case: ${textOf(facts, 'databases')}.`,
        'A server takes them for one.',
        'Rename one of them.',
      );
    case 'name-refused-by-target':
      return make(
        `The target does not take the name ${ns}.`,
        textOf(facts, 'why') === 'name-too-long' ? 'It is too long.' : 'It has a character that the target refuses.',
        'Choose another name.',
      );
    case 'dollar-in-new-name':
      return make(
        `The tools cannot rename to ${ns}.`,
        'A new name with a dollar sign means something else to them.',
        'Choose another name.',
      );
    case 'target-kind-changed':
      return make(
        `The plan is for ${clusterKind(textOf(facts, 'planned'))}, and the target is ${clusterKind(textOf(facts, 'found'))}.`,
        '',
        'Give the target that it was made for, or make the plan again.',
      );
    case 'workspace-missing':
      return make(
        'The plan names no Databricks workspace.',
        'Without one the job cannot be started from here.',
        'Add workspaceUrl to its "handoff", or write the files (handoff PLAN --out FOLDER) and deploy them with the Databricks CLI.',
      );
    case 'handoff-incomplete':
      return make(
        `It is not said yet how ${methodNameOf(textOf(facts, 'method'))} is to carry it out.`,
        incompleteHandoffSentences(facts).join(' '),
        Array.isArray(facts['options'])
          ? `Say it with ${facts['options'].join(', ')}.`
          : 'Say what is missing (step Tuning of the wizard, or the options of plan).',
      );
    case 'no-handoff':
      return make(
        `${methodNameOf(textOf(facts, 'method'))} hands nothing over.`,
        'This machine carries it out itself.',
        'Run the plan, or make one with another method.',
      );
    case 'handoff-missing':
      return make(
        `The plan does not say how ${methodNameOf(textOf(facts, 'method'))} is to carry it out.`,
        'That stands under "handoff".',
        'Make the plan again with this method, or add what is missing.',
      );
    case 'handoff-of-other-method':
      return make(
        `The plan is for ${methodNameOf(textOf(facts, 'method'))}, and its "handoff" for ${methodNameOf(textOf(facts, 'kind'))}.`,
        '',
        'Make the plan again, or correct one of the two.',
      );
    case 'target-kind-unsupported':
      return make(
        `${clusterKind(textOf(facts, 'kind'))} cannot be a target.`,
        '',
        'Give a Cosmos DB for MongoDB or a MongoDB.',
      );
    default:
      if (isDataFactoryFlaw(reason)) return dataFactoryFlaw(reason, facts);
      if (isTransformFlaw(reason)) return transformFlaw(reason, facts);
      return make('The plan cannot be carried out.', reason === '' ? '' : `${reason}: ${ns}.`, 'Make the plan again.');
  }
}

function didYouMean(facts: ErrorFacts): string {
  const { near } = facts;
  return Array.isArray(near) && near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '';
}
