/** Where a run keeps what Studio 3T is given, within its own folder. */
export const STUDIO_3T_FOLDER = 'studio-3t';
/** The steps, for the person. */
export const RUNBOOK_FILE = 'RUNBOOK.md';
