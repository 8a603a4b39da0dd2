interface PageDocument {
  readonly page: string;
  /** A language tag. */
  readonly language: string;
  readonly title: string;
  /** Translations of the page's own texts, by the English text; empty for English. */
  readonly strings: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
  /** What the page draws before it has asked for anything; absent: it waits. JSON, no secret. */
  readonly firstView?: unknown;
  readonly cspSource: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

export function pageDocument(page: PageDocument): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource}`,
    `img-src ${page.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<meta name="page-state" content="${escapeHtml(JSON.stringify(page.state))}">
<meta name="page-strings" content="${escapeHtml(JSON.stringify(page.strings))}">
${page.firstView === undefined ? '' : `<meta name="page-view" content="${escapeHtml(JSON.stringify(page.firstView))}">\n`}<title>${escapeHtml(page.title)}</title>
<link rel="stylesheet" href="${escapeHtml(page.style)}">
</head>
<body data-page="${escapeHtml(page.page)}">
<main id="app" aria-busy="true"><p>Loading…</p></main>
<script type="module" nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.script)}"></script>
</body>
</html>
`;
}
