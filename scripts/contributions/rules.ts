/** What has to hold between package.json, its strings, and the ids in the code. Each rule answers with sentences; none means that it holds. */
import { comparisonsOf } from './when-clause.js';
import { leavesOf, type Manifest } from './manifest.js';

export interface Facts {
  readonly manifest: Manifest;
  /** package.nls.json */
  readonly strings: Readonly<Record<string, string>>;
  readonly commands: readonly string[];
  readonly views: readonly string[];
  readonly viewContainer: string;
  readonly panels: readonly string[];
  /** With the section. */
  readonly settings: readonly string[];
  readonly contextKeys: readonly string[];
  /** Every `contextValue` that the trees can give a row. */
  readonly viewItems: readonly string[];
  /** Sources of the shell, to see what is used. */
  readonly hostSource: string;
  readonly fileExists: (path: string) => boolean;
}

/** Of VS Code's own keys those that we use; a new one is added here after a look into its documentation. */
const VSCODE_KEYS = new Set([
  'true',
  'false',
  'view',
  'viewItem',
  'listMultiSelection',
  'resourceFilename',
  'resourceScheme',
  'isInDiffEditor',
  'isWorkspaceTrusted',
  'activeWebviewPanelId',
]);

/** A folder with plans in it: what they are told of has to be seen in the Problems panel before any command was used. */
const PLANS_ARE_THERE = 'workspaceContains:**/*.migration.json';

/** Keys of package.json whose strings people read. */
const READ_BY_PEOPLE = new Set([
  ...['title', 'category', 'description', 'markdownDescription', 'displayName', 'name', 'contextualTitle', 'contents'],
  ...[
    'altText',
    'enumDescriptions',
    'markdownEnumDescriptions',
    'patternErrorMessage',
    'deprecationMessage',
    'shortTitle',
  ],
]);

function differences(
  what: string,
  left: readonly string[],
  right: readonly string[],
  sides: [string, string],
): string[] {
  const missing = (from: readonly string[], of: readonly string[], where: string): string[] =>
    from.filter((item) => !of.includes(item)).map((item) => `${what} ${item} is not in ${where}`);
  const twice = left
    .filter((item, index) => left.indexOf(item) !== index)
    .map((item) => `${what} ${item} is there twice`);
  return [...missing(left, right, sides[1]), ...missing(right, left, sides[0]), ...twice];
}

function ids({ manifest, ...facts }: Facts): string[] {
  const { contributes } = manifest;
  const contributed = contributes.commands.map(({ command }) => command);
  const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));
  const containers = Object.values(contributes.viewsContainers).flatMap((list) => list.map(({ id }) => id));
  const settings = Object.keys(contributes.configuration.properties);
  const sides: [string, string] = ['package.json', 'src/host/ids.ts'];
  return [
    ...differences('command', contributed, facts.commands, sides),
    ...differences('view', views, facts.views, sides),
    ...differences('view container', containers, [facts.viewContainer], sides),
    ...differences('setting', settings, facts.settings, sides),
    ...Object.keys(contributes.views)
      .filter((container) => !containers.includes(container))
      .map((container) => `views of ${container}, which is no container`),
  ];
}

function references({ manifest, commands, views, panels, settings, contextKeys, strings }: Facts): string[] {
  const { contributes, activationEvents, capabilities } = manifest;
  const problems: string[] = [];
  const known = (what: string, id: string, of: readonly string[], where: string): void => {
    if (!of.includes(id)) problems.push(`${where}: ${what} ${id} is not known`);
  };
  for (const [place, entries] of Object.entries(contributes.menus)) {
    for (const { command } of entries) known('command', command, commands, `menu ${place}`);
  }
  for (const { command } of contributes.keybindings ?? []) known('command', command, commands, 'keybinding');
  for (const { view } of contributes.viewsWelcome) known('view', view, views, 'welcome');
  for (const event of [...activationEvents, ...contributes.walkthroughs.flatMap(stepEvents)]) {
    const [kind = '', id = ''] = event.split(/:(.*)/s);
    if (kind === 'onCommand') known('command', id, commands, event);
    else if (kind === 'onView') known('view', id, views, event);
    else if (kind === 'onWebviewPanel') known('panel', id, panels, event);
    else if (kind === 'onContext') known('context key', id, contextKeys, event);
    else if (event !== PLANS_ARE_THERE)
      problems.push(`event ${event}: its kind is not known; activation is by use only`);
  }
  for (const panel of panels) known('panel', `onWebviewPanel:${panel}`, activationEvents, 'activationEvents');
  for (const id of capabilities.untrustedWorkspaces.restrictedConfigurations ?? [])
    known('setting', id, settings, 'restrictedConfigurations');
  for (const [key, text] of Object.entries(strings)) {
    for (const [, id = ''] of text.matchAll(/\(command:([\w.]+)/g))
      known('command', id, commands, `package.nls.json ${key}`);
    for (const [, id = ''] of text.matchAll(/`#([\w.]+)#`/g)) known('setting', id, settings, `package.nls.json ${key}`);
  }
  return problems;
}

function stepEvents(walkthrough: Manifest['contributes']['walkthroughs'][number]): readonly string[] {
  return walkthrough.steps.flatMap((step) => step.completionEvents ?? []);
}

function clauses({ manifest, views, contextKeys, viewItems, hostSource }: Facts): string[] {
  const problems: string[] = [];
  const used = new Set<string>();
  const all = leavesOf(manifest.contributes).filter(({ key }) => key === 'when' || key === 'enablement');
  for (const { path, text } of all) {
    for (const { key, value } of comparisonsOf(text)) {
      used.add(key);
      const known = VSCODE_KEYS.has(key) || contextKeys.includes(key) || key.startsWith('config.');
      if (!known) problems.push(`${path}: nobody sets the key ${key}`);
      if (key === 'view' && typeof value === 'string' && !views.includes(value))
        problems.push(`${path}: view ${value} is not known`);
      if (key === 'viewItem' && value !== undefined && !viewItems.some((item) => matches(item, value)))
        problems.push(`${path}: no row has a viewItem that ${String(value)} takes`);
    }
  }
  for (const key of contextKeys) {
    const name = key.split('.').at(-1) ?? key;
    if (!new RegExp(`CONTEXT_KEYS\\.${name}\\b`).test(hostSource)) problems.push(`context key ${key} is never set`);
    const elsewhere = leavesOf(manifest.contributes).some(({ text }) => text === `onContext:${key}`);
    if (!used.has(key) && !elsewhere) problems.push(`context key ${key} is set and never asked for`);
  }
  return problems;
}

function matches(item: string, value: string | RegExp): boolean {
  return typeof value === 'string' ? item === value : value.test(item);
}

function localised({ manifest, strings }: Facts): string[] {
  const leaves = leavesOf(manifest).filter(
    ({ path }) => !/^(scripts|dependencies|devDependencies|bin|engines|name)(\.|$)/.test(path),
  );
  const used = new Set<string>();
  const problems: string[] = [];
  for (const { path, key, text } of leaves) {
    const reference = /^%(.+)%$/.exec(text)?.[1];
    if (reference !== undefined) {
      used.add(reference);
      if (!(reference in strings)) problems.push(`${path}: ${text} is not in package.nls.json`);
    } else if (READ_BY_PEOPLE.has(key) && !path.includes('.default'))
      problems.push(`${path}: "${text}" is not localised`);
  }
  for (const key of Object.keys(strings)) if (!used.has(key)) problems.push(`package.nls.json: ${key} is not used`);
  return problems;
}

function files({ manifest, fileExists }: Facts): string[] {
  return leavesOf(manifest)
    .filter(
      ({ key, text }) => /^(icon|svg|image|url|light|dark|markdown|path|main)$/.test(key) && !text.startsWith('$('),
    )
    .filter(({ path, text }) => !path.startsWith('repository') && !path.startsWith('main') && !fileExists(text))
    .map(({ path, text }) => `${path}: ${text} is not there`);
}

function menusAreShown({ manifest }: Facts): string[] {
  const { commands, menus } = manifest.contributes;
  const hidden = (menus['commandPalette'] ?? []).filter(({ when }) => when === 'false').map(({ command }) => command);
  const shown = new Set(
    Object.entries(menus).flatMap(([place, list]) => (place === 'commandPalette' ? [] : list.map((m) => m.command))),
  );
  return [
    ...hidden
      .filter((command) => !shown.has(command))
      .map((command) => `command ${command} can be reached from nowhere`),
    ...commands
      .filter(({ category }) => category !== '%category%')
      .map(({ command }) => `command ${command} has another category`),
  ];
}

/** Every sentence about something that does not hold. */
export function contributionProblems(facts: Facts): string[] {
  return [ids, references, clauses, localised, files, menusAreShown].flatMap((rule) => rule(facts));
}
