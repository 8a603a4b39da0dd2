import { randomBytes } from 'node:crypto';
import { env, l10n, Uri, type Webview, type WebviewOptions } from 'vscode';
import { pageDocument } from './page-document.js';

export type PageName = 'wizard' | 'run-page';

interface PageOptions {
  readonly extensionUri: Uri;
  readonly page: PageName;
  readonly title: string;
  /** What the page hands to `setState` at once: enough for the serializer to find it again after a reload. JSON, no secret. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Drawn before the page has asked for anything: it saves the way there and back. */
  readonly firstView?: unknown;
}

function pagesFolder(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** A page may load what the build made for pages, and nothing else of the machine. */
export function pageOptions(extensionUri: Uri): WebviewOptions {
  return { enableScripts: true, enableForms: false, localResourceRoots: [pagesFolder(extensionUri)] };
}

/** Of the tab. */
export function panelIcon(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'media', 'icon.png');
}

/** The one frame of every page: strict, and painted before its script has run. */
export function webviewHtml(webview: Webview, { extensionUri, page, title, state, firstView }: PageOptions): string {
  const folder = pagesFolder(extensionUri);
  const address = (name: string): string => webview.asWebviewUri(Uri.joinPath(folder, name)).toString();
  return pageDocument({
    page,
    language: env.language,
    title,
    strings: l10n.bundle ?? {},
    state,
    ...(firstView === undefined ? {} : { firstView }),
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    script: address(`${page}.js`),
    style: address(`${page}.css`),
  });
}
