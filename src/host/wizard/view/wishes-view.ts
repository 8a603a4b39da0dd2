import type { WishField, WishValue } from '../../../protocol/wizard.js';
import type { StepInput } from './wizard-model.js';

/** What the command line's `recommend` and `plan` are told by `--online`, `--studio3t` and `--files`. */
export function wishesView({ state, t }: Pick<StepInput, 'state' | 't'>): readonly WishField[] {
  const { online, ownsStudio3t, wantsFiles } = state.wishes;
  const yesNo: WishField['choices'] = [
    { value: 'no', label: t('No') },
    { value: 'yes', label: t('Yes') },
  ];
  const value = (on: boolean | undefined): WishValue => (on === true ? 'yes' : 'no');
  return [
    {
      id: 'online',
      label: t('The source is written to while the data moves'),
      explanation: t('Methods that follow changes rank higher. Otherwise writes stop until the check has ended.'),
      value: value(online),
      choices: yesNo,
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
