/** A Chromium of its own for a test, without a window. */
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { makeTempFolder } from '../temp.js';

const FLAGS = [
  // Playwright's own headless flags belong to another browser build.
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--disable-features=MediaRouter,OptimizationHints,Translate',
];

/** What screenshots are taken at. */
const VIEWPORT = { width: 1280, height: 800 };

export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  close(): Promise<void>;
}

export interface BrowserOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

/** A fresh profile, removed at the end. */
export async function launchBrowser(executablePath: string, options: BrowserOptions = {}): Promise<Browser> {
  const profile = await makeTempFolder('chromium');
  const context = await chromium.launchPersistentContext(profile.path, {
    executablePath,
    headless: false,
    args: FLAGS,
    viewport: options.viewport ?? VIEWPORT,
    colorScheme: options.colorScheme ?? 'dark',
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async (): Promise<void> => {
    await context.close();
    await profile.remove();
  };
  return { context, page, close, [Symbol.asyncDispose]: close };
}
