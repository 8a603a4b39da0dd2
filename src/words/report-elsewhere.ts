/** Where a run was carried out, where that is not this machine alone, and what of it is left there. */
import { handoffLines } from './handoffs.js';
import type { RunReport } from '../engine/journal/report.js';
import { code, prose, section, type Section } from './report-parts.js';

/** `intent`: a crash came between the word and the deed, or what it was came to nothing. */
const PHASES: Readonly<Record<string, string>> = {
  intent: 'asked for; whether it was made is not known',
  started: 'made or started',
  ended: 'ended',
  removed: 'taken away',
};

export function elsewhere({ handoff, remote = {} }: RunReport): Section | undefined {
  if (handoff === undefined) return undefined;
  const rows = Object.entries(remote).map(([what, { phase, id, outcome }]) => [
    prose(what),
    id === undefined ? prose('') : code(id),
    prose([PHASES[phase] ?? phase, ...(outcome === undefined ? [] : [outcome])].join(': ')),
  ]);
  return section(
    'Carried out elsewhere',
    { kind: 'pairs', pairs: handoffLines(handoff).map(([label, value]) => [label, prose(value)] as const) },
    ...(rows.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            columns: [{ title: 'What' }, { title: 'Called there' }, { title: 'What became of it' }],
            rows,
          },
        ]),
  );
}
