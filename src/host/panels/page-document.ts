import { escapeMarkup } from '../../words/html-text.js';

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
<html lang="${escapeMarkup(page.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<meta name="page-state" content="${escapeMarkup(JSON.stringify(page.state))}">
<meta name="page-strings" content="${escapeMarkup(JSON.stringify(page.strings))}">
${page.firstView === undefined ? '' : `<meta name="page-view" content="${escapeMarkup(JSON.stringify(page.firstView))}">\n`}<title>${escapeMarkup(page.title)}</title>
<link rel="stylesheet" href="${escapeMarkup(page.style)}">
</head>
<body data-page="${escapeMarkup(page.page)}">
<main id="app" aria-busy="true"><p>Loading…</p></main>
<script type="module" nonce="${escapeMarkup(page.nonce)}" src="${escapeMarkup(page.script)}"></script>
</body>
</html>
`;
}
