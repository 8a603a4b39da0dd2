import { MOST_WINDOW_HOURS, SKILLS, type Skill } from '../../../core/advise/facts.js';
import type { WindowField, WishField, WishValue } from '../../../protocol/wishes.js';
import type { Translate } from '../../translate.js';
import type { StepInput } from './wizard-model.js';

type WishInput = Pick<StepInput, 'state' | 't'>;

/** What the command line's `advise` and `plan` are told by `--online`, `--network`, `--skills`, `--studio3t` and `--files`. */
export function wishesView({ state, t }: WishInput): readonly WishField[] {
  const { online, ownsStudio3t, wantsFiles, network = {}, skills } = state.wishes;
  const yesNo: WishField['choices'] = [
    { value: 'no', label: t('No') },
    { value: 'yes', label: t('Yes') },
  ];
  const unsaid = { value: 'unsaid', label: t('Not said') } as const;
  const value = (on: boolean | undefined): WishValue => (on === true ? 'yes' : 'no');
  const known = (fact: boolean | undefined): WishValue => (fact === undefined ? 'unsaid' : value(fact));
  return [
    {
      id: 'online',
      label: t('The source is written to while the data moves'),
      explanation: t('Methods that follow changes rank higher. Otherwise writes stop until the check has ended.'),
      value: value(online),
      choices: yesNo,
    },
    {
      id: 'azure-reaches',
      label: t('Services in Azure reach the source'),
      explanation: t('Where they do not, methods that run in Azure are ruled out.'),
      value: known(network.sourceReachableFromAzure),
      choices: [unsaid, ...yesNo],
    },
    {
      id: 'from-here',
      label: t('This machine reaches both sides'),
      explanation: t('Where it does not, methods that run on this machine are ruled out.'),
      value: known(network.fromHere),
      choices: [unsaid, ...yesNo],
    },
    {
      id: 'private-endpoint',
      label: t('Source or target is only reached from inside a network'),
      explanation: t('What copies has to be inside of that network.'),
      value: value(network.privateEndpoint),
      choices: yesNo,
    },
    {
      id: 'skills',
      label: t('The people who migrate know'),
      explanation: t('Methods that ask for what they do not know rank lower.'),
      value: skills === undefined ? 'unsaid' : valueOfSkills(skills),
      choices: [unsaid, ...skillChoices(t)],
    },
    {
      id: 'studio3t',
      label: t('Studio 3T is at hand'),
      explanation: t('It is ranked with the others.'),
      value: value(ownsStudio3t),
      choices: yesNo,
    },
    {
      id: 'files',
      label: t('The data is wanted as files, too'),
      explanation: t('Methods that write such files rank higher.'),
      value: wantsFiles ?? 'no',
      choices: [
        { value: 'no', label: t('No') },
        { value: 'json', label: 'JSON' },
        { value: 'csv', label: 'CSV' },
      ],
    },
  ];
}

/** What the command line is told by `--window-hours`. */
export function windowView({ state, t }: WishInput): WindowField {
  const { windowHours } = state.wishes;
  return {
    label: t('Hours that the source may be without writes'),
    explanation: t('Methods that take longer rank lower. Empty: not said.'),
    ...(windowHours === undefined ? {} : { hours: windowHours }),
    min: 1,
    max: MOST_WINDOW_HOURS,
  };
}

function valueOfSkills(skills: readonly Skill[]): WishValue {
  const value = SKILLS.filter((skill) => skills.includes(skill)).join('+');
  return value === '' ? 'none' : (value as WishValue);
}

function skillChoices(t: Translate): WishField['choices'] {
  return [
    { value: 'none', label: t('None of Azure, Spark and the command line') },
    { value: 'azure', label: t('Azure') },
    { value: 'spark', label: t('Spark') },
    { value: 'command-line', label: t('The command line') },
    { value: 'azure+spark', label: t('Azure and Spark') },
    { value: 'azure+command-line', label: t('Azure and the command line') },
    { value: 'spark+command-line', label: t('Spark and the command line') },
    { value: 'azure+spark+command-line', label: t('Azure, Spark and the command line') },
  ];
}
