/** A word now and then while a source is read; silent where it is quick. */
import type { AssessProgress } from '../assembly/assess-source.js';
import { formatNamespace } from '../core/model/namespace.js';
import { formatCount } from '../words/sizes.js';
import type { CommandContext } from './context.js';
import { NOTE_EVERY_MS } from './progress-note.js';

const PHASES: Readonly<Record<AssessProgress['phase'], string>> = {
  inventory: 'reading sizes',
  usage: 'reading what it is used for',
  watch: 'watching how busy it is',
  scan: 'looking at documents',
};

export function assessProgress(context: CommandContext): (progress: AssessProgress) => void {
  let next = context.clock.now() + NOTE_EVERY_MS;
  return ({ phase, done, total, ns }) => {
    if (context.clock.now() < next || done === total) return;
    next = context.clock.now() + NOTE_EVERY_MS;
    const where = ns ? ` (${formatNamespace(ns)})` : '';
    const what = phase === 'watch' ? 'seconds' : 'collections';
    context.output.note(`${PHASES[phase]}: ${formatCount(done)} of ${formatCount(total)} ${what}${where}`);
  };
}
