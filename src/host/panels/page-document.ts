export interface PageDocument {
  readonly page: string;
  readonly title: string;
  readonly state: Readonly<Record<string, unknown>>;
  readonly cspSource: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  readonly icons: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** `vscode-codicon-stylesheet` is the id by which the icons of @vscode-elements find their style sheet. */
export function pageDocument(page: PageDocument): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource}`,
    `font-src ${page.cspSource}`,
    `img-src ${page.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<meta name="page-state" content="${escapeHtml(JSON.stringify(page.state))}">
<title>${escapeHtml(page.title)}</title>
<link rel="stylesheet" href="${escapeHtml(page.icons)}" id="vscode-codicon-stylesheet">
<link rel="stylesheet" href="${escapeHtml(page.style)}">
</head>
<body data-page="${escapeHtml(page.page)}">
<main id="app" aria-busy="true"><p>Loading…</p></main>
<script type="module" nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.script)}"></script>
</body>
</html>
`;
}
