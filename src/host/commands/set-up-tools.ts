import { l10n, window } from 'vscode';
import { locationLines } from '../../words/tools.js';
import type { HostAdapters } from '../adapters.js';
import { labels } from '../strings.js';
import type { CommandParts } from './parts.js';
import { withProgress } from './progress.js';
import { unlinked } from '../unlinked.js';

type Locations = Awaited<ReturnType<HostAdapters['locateTools']>>;

/** What migrations need; they come together. */
const NEEDED = ['mongodump', 'mongorestore', 'mongoexport', 'mongoimport'] as const;

/** Finds the database tools; where they are missing says what was tried, and builds or downloads them when that is agreed to. */
export async function setUpTools(parts: CommandParts): Promise<void> {
  const found = await look(parts, false);
  if (complete(found)) return tellFound(found);
  const install = l10n.t('Build or Download');
  const tried = l10n.t('Show What Was Tried');
  const question = l10n.t(
    'The MongoDB Database Tools are missing. They can be built from their source with Go, or downloaded from MongoDB, into a cache of your user.',
  );
  const clicked = await window.showWarningMessage(unlinked(question), install, tried);
  if (clicked === tried) return showTried(found, parts);
  if (clicked !== install) return;
  const installed = await look(parts, true);
  if (complete(installed)) return tellFound(installed);
  const show = await window.showErrorMessage(
    unlinked(l10n.t('The database tools could not be set up.')),
    tried,
    labels.showLog(),
  );
  if (show === tried) await showTried(installed, parts);
  else if (show !== undefined) parts.services.log.show();
}

async function look({ services, settings }: CommandParts, mayInstall: boolean): Promise<Locations> {
  const { locateTools } = await services.adapters();
  const found = await withProgress(l10n.t('Looking for the database tools'), (report) =>
    locateTools(NEEDED, {
      settings: settings().tools,
      mayInstall,
      onInstall: (step, name) =>
        report({
          message: step === 'registry' ? l10n.t('building {0} from its source', name) : l10n.t('downloading {0}', name),
        }),
    }),
  );
  for (const location of found.values()) for (const line of locationLines(location)) services.log.info(line);
  return found;
}

function complete(found: Locations): boolean {
  return NEEDED.every((name) => found.get(name)?.kind === 'found');
}

function tellFound(found: Locations): void {
  const names = [...found.values()].flatMap((location) =>
    location.kind === 'found' ? [`${location.name} ${location.version} (${location.path})`] : [],
  );
  void window.showInformationMessage(unlinked(l10n.t('Ready: {0}', names.join(', '))));
}

async function showTried(found: Locations, { results }: CommandParts): Promise<void> {
  const title = l10n.t('Database tools: what was tried');
  const text = [...found.values()].flatMap((location) => [...locationLines(location), '']);
  // Indented by four, Markdown shows text as it is.
  await results.show(title, [`# ${title}`, '', ...text.map((line) => `    ${line}`)].join('\n'));
}
