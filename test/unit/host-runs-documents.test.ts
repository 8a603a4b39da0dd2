import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pageDocument } from '../../src/host/panels/page-document.js';
import { reportDocument } from '../../src/host/panels/report-document.js';

const page = {
  page: 'run-page',
  language: 'en',
  title: 'Migration',
  strings: {},
  state: { runId: 'x' },
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'abc123',
  script: 'https://host/run-page.js',
  style: 'https://host/run-page.css',
};
const unescape = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
const policyOf = (html: string): string => unescape(/Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '');
const metaOf = (html: string, name: string): string =>
  unescape(new RegExp(`name="${name}" content="([^"]*)"`).exec(html)?.[1] ?? '');

describe('the frame of a page', () => {
  const html = pageDocument(page);

  it('allows nothing but its own script by nonce and its own style', () => {
    expect(policyOf(html)).toBe(
      "default-src 'none'; script-src 'nonce-abc123'; style-src https://*.vscode-cdn.net; img-src https://*.vscode-cdn.net; base-uri 'none'; form-action 'none'",
    );
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<style|style="|\son\w+=/);
  });

  it('hands over state and texts whatever is in them', () => {
    const nasty = `"><script>alert('1')</script>&amp;`;
    const odd = pageDocument({ ...page, title: nasty, state: { runId: nasty }, strings: { Back: nasty } });
    expect(odd.match(/<script/g)).toHaveLength(1);
    expect(JSON.parse(metaOf(odd, 'page-state'))).toEqual({ runId: nasty });
    expect(JSON.parse(metaOf(odd, 'page-strings'))).toEqual({ Back: nasty });
  });
});

describe('a report in a panel', () => {
  const report = readFileSync(new URL('./cli-golden/report.html.txt', import.meta.url), 'utf8');

  it('may use exactly the styles that are in it, by their hashes', () => {
    const shown = reportDocument(report) ?? '';
    const styles = [...shown.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text ?? '');
    expect(styles).toHaveLength(2);
    const policy = policyOf(shown);
    expect(policy).toMatch(/^default-src 'none'; style-src /);
    expect(policy).not.toContain('unsafe');
    for (const style of styles)
      expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  });

  it('is under the strict policy before anything else of the file is read', () => {
    const shown = reportDocument(report) ?? '';
    expect(shown.indexOf('Content-Security-Policy')).toBeLessThan(shown.indexOf('<meta charset'));
  });

  it('keeps everything that the report says', () => {
    const shown = reportDocument(report) ?? '';
    expect(shown.slice(shown.indexOf('<body>'))).toBe(report.slice(report.indexOf('<body>')));
  });

  it('refuses a file that is no report', () => {
    expect(reportDocument('not html')).toBeUndefined();
    expect(reportDocument('')).toBeUndefined();
  });
});
