/** What the trees can say about their rows in `contextValue`, which menus ask for as `viewItem`. */
import ts from 'typescript';
import { RUN_ACTIONS } from '../../src/protocol/run-page.js';

const ROLES = ['source', 'target'] as const;

/** Every value, with a run that can do everything standing for all runs. */
export function viewItems(): string[] {
  const clusters = ROLES.flatMap((role) => [
    ...[`group.${role}`, `database.${role}`, `collection.${role}`, `index.${role}`],
    ...['saved', 'settings'].map((origin) => `cluster.${role}.${origin}`),
  ]);
  return [...clusters, 'cluster.target.saved.azure', 'error', 'loading', 'add', 'run', `run ${RUN_ACTIONS.join(' ')}`];
}

/** Where the list above and the trees' own code part: the code's literals and templates have to make exactly these values. */
export function viewItemProblems(items: readonly string[], sources: ReadonlyMap<string, string>): string[] {
  const patterns = [...sources].flatMap(([path, source]) => contextValues(path, source));
  const unmade = items.filter((item) => !patterns.some((pattern) => pattern.test(item)));
  const unlisted = patterns.filter((pattern) => !items.some((item) => pattern.test(item)));
  return [
    ...unmade.map((item) => `no tree makes a row with the contextValue "${item}"`),
    ...unlisted.map(
      (pattern) => `a tree makes rows with the contextValue ${String(pattern)}, which is not on the list`,
    ),
  ];
}

/** What is assigned to `contextValue`, as patterns: what a template fills in may be anything. */
function contextValues(path: string, source: string): RegExp[] {
  const found: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    const value = assigned(node);
    if (value) found.push(...patternsOf(value));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true));
  return found;
}

function assigned(node: ts.Node): ts.Expression | undefined {
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'contextValue') return node.initializer;
  const isAssignment = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isAssignment && /\.contextValue$/.test(node.left.getText()) ? node.right : undefined;
}

function patternsOf(value: ts.Expression): RegExp[] {
  if (ts.isStringLiteralLike(value)) return [new RegExp(`^${escaped(value.text)}$`)];
  if (ts.isConditionalExpression(value)) return [...patternsOf(value.whenTrue), ...patternsOf(value.whenFalse)];
  if (ts.isCallExpression(value) && ts.isPropertyAccessExpression(value.expression)) {
    // `['run', ...more].join(' ')`
    const list = value.expression.expression;
    const [first] = ts.isArrayLiteralExpression(list) ? list.elements : [];
    return first && ts.isStringLiteralLike(first) ? [new RegExp(`^${escaped(first.text)}(\\W.*)?$`)] : [];
  }
  if (!ts.isTemplateExpression(value)) return [];
  const rest = value.templateSpans.map((span) => `.*${escaped(span.literal.text)}`).join('');
  return [new RegExp(`^${escaped(value.head.text)}${rest}$`)];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
