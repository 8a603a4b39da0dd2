import { l10n, window } from 'vscode';
import type { WizardSession } from './wizard-session.js';

/** Asks which throughput one collection gets, and how much of it. */
export async function askThroughput(session: WizardSession, ns: string): Promise<void> {
  const offer = session.view().tuning.throughput;
  if (!offer) return;
  const title = l10n.t('Throughput of {0}', ns);
  const now = offer.single.find((one) => one.ns === ns)?.text;
  const items = offer.singleChoices.map((choice) => ({ label: choice.label, choice }));
  const picked = await window.showQuickPick(items, { title, ...(now === undefined ? {} : { placeHolder: now }) });
  if (!picked) return;
  const { value: kind, bounds } = picked.choice;
  let rate = 0;
  if (bounds) {
    const { min, max, step } = bounds;
    const typed = await window.showInputBox({
      title,
      prompt: l10n.t('RU/s, from {0} in steps of {1}', min, step),
      value: String(min),
      validateInput: (text) => {
        const number = Number(text);
        const fits = text.trim() !== '' && number >= min && number <= max && number % step === 0;
        return fits ? undefined : l10n.t('{0} cannot be used: from {1} to {2} in steps of {3}.', text, min, max, step);
      },
    });
    if (typed === undefined) return;
    rate = Number(typed);
  }
  await session.dispatch({ type: 'set-collection-throughput', ns, kind, ruPerSecond: rate });
}
