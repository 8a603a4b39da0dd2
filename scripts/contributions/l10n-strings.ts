/** Collects what the shell hands to `l10n.t`, which is what a translation has to offer. */
import ts from 'typescript';

export interface CollectedStrings {
  readonly strings: ReadonlySet<string>;
  /** Calls whose text is not there to be read. */
  readonly problems: readonly string[];
}

/**
 * `l10n.t('...')`, `vscode.l10n.t(...)`, and `t('...')` or `ports.t('...')` where a file gets the function handed in. A text that is put together while
 * running cannot be translated.
 */
export function collectStrings(sources: ReadonlyMap<string, string>): CollectedStrings {
  const strings = new Set<string>();
  const problems: string[] = [];
  for (const [path, source] of sources) {
    const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && isTranslation(node.expression)) {
        const text = textOf(node.arguments[0]);
        const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        if (text !== undefined) for (const one of text) strings.add(one);
        else if (!isPassedOn(node)) problems.push(`${path}:${line}: the text handed to t() is not a literal`);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { strings, problems };
}

/** Whose `t` it is: VS Code's, or what a part of the wizard is handed. */
const SPEAKERS: ReadonlySet<string> = new Set(['l10n', 'ports', '#ports']);

function isTranslation(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 't';
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 't') return false;
  const owner = callee.expression;
  return SPEAKERS.has(
    ts.isIdentifier(owner) ? owner.text : ts.isPropertyAccessExpression(owner) ? owner.name.text : '',
  );
}

/** One literal, or the two of a conditional expression. */
function textOf(argument: ts.Expression | undefined): string[] | undefined {
  if (argument === undefined) return undefined;
  if (ts.isStringLiteral(argument) || ts.isNoSubstitutionTemplateLiteral(argument)) return [argument.text];
  if (ts.isParenthesizedExpression(argument)) return textOf(argument.expression);
  if (ts.isConditionalExpression(argument)) {
    const [yes, no] = [textOf(argument.whenTrue), textOf(argument.whenFalse)];
    return yes && no ? [...yes, ...no] : undefined;
  }
  if (ts.isBinaryExpression(argument) && argument.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(argument.left), textOf(argument.right)];
    return left?.length === 1 && right?.length === 1 ? [`${left[0]}${right[0]}`] : undefined;
  }
  return undefined;
}

/** The one place where the real function is wrapped passes a parameter on. */
function isPassedOn(call: ts.CallExpression): boolean {
  const [first] = call.arguments;
  if (first === undefined || !ts.isIdentifier(first)) return false;
  for (let node: ts.Node | undefined = call; node !== undefined; node = node.parent) {
    if (ts.isFunctionLike(node) && node.parameters.some((p) => ts.isIdentifier(p.name) && p.name.text === first.text))
      return true;
  }
  return false;
}
