import { createHash } from 'node:crypto';

/** The editor's colours in place of the report's own: a white page in a dark window hurts. Names as in the report's style. */
const THEME = `
body { --text: var(--vscode-editor-foreground); --quiet: var(--vscode-descriptionForeground); --back: var(--vscode-editor-background);
  --line: var(--vscode-panel-border, var(--vscode-contrastBorder)); --stripe: var(--vscode-list-hoverBackground); --link: var(--vscode-textLink-foreground);
  --bar: var(--vscode-charts-blue); --bar2: color-mix(in srgb, var(--vscode-charts-blue) 55%, var(--vscode-editor-background));
  --rest: color-mix(in srgb, var(--vscode-editor-foreground) 18%, var(--vscode-editor-background)); }
body.vscode-light, body.vscode-high-contrast-light { color-scheme: light; --good: #17692b; --look: #7a4d00; --bad: #a1161d; }
body.vscode-dark, body.vscode-high-contrast:not(.vscode-high-contrast-light) { color-scheme: dark; --good: #7bd491; --look: #f0bf69; --bad: #ff9a9a; }
`;

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}

/**
 * A report as a webview shows it: exactly its own style and the editor's colours, no script, nothing loaded from anywhere.
 * Undefined for a file that is no report.
 */
export function reportDocument(html: string): string | undefined {
  const head = html.indexOf('<head>');
  const end = html.indexOf('</head>');
  if (head < 0 || end < head) return undefined;
  const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text ?? '');
  const policy = `default-src 'none'; style-src ${[...styles, THEME].map(digest).join(' ')}; base-uri 'none'; form-action 'none'`;
  const start = head + '<head>'.length;
  return [
    html.slice(0, start),
    `\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    html.slice(start, end),
    `<style>${THEME}</style>\n`,
    html.slice(end),
  ].join('');
}
