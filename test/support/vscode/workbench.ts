/** VS Code's window as a test meets it: what can be found by role and name is found so; the rest by class names that held from 1.100 to 1.139. */
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** A cold window on a busy machine. */
const WINDOW_LIMIT_MS = 90_000;
/** How long what was clicked or pressed takes to show on a busy machine; after that it was not heard. */
const SHORTLY = { timeout: 5_000 };
/** So long nothing changes in the trees when all has been read and judged. */
const QUIET_MS = 750;

/** What a person does with a window that is still being drawn: does it again until it is heard. */
async function until(what: string, act: () => Promise<void>): Promise<void> {
  const tries = WINDOW_LIMIT_MS / SHORTLY.timeout;
  for (let made = 1; ; made += 1) {
    try {
      await act();
      return;
    } catch (cause) {
      if (made >= tries) throw new Error(`never happened: ${what}`, { cause });
    }
  }
}
/** What follows a click: a message to the extension host and back, at worst the host's own start. */
const ANSWER_LIMIT_MS = 30_000;

export interface Terminal {
  /** Waits until the visible terminal shows the text. */
  waitFor(text: string | RegExp, timeoutMs?: number): Promise<void>;
  text(): Promise<string>;
  type(keys: string): Promise<void>;
}

export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(ANSWER_LIMIT_MS);
  }

  /** Opens the address, or loads the window again, and waits until it is drawn. */
  async open(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded' });
    await this.#drawn();
  }

  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'domcontentloaded' });
    await this.#drawn();
  }

  async #drawn(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: WINDOW_LIMIT_MS });
  }

  /** Shows the extension's views; a second click is for a window that has just been reloaded and brings them back by itself, so that the first one hid them. */
  async openViews(): Promise<void> {
    const icon = this.page.locator('.part.activitybar').getByRole('tab', { name: /^Cosmos Migration/ });
    await icon.waitFor();
    await until('the views of the extension open', async () => {
      if ((await icon.getAttribute('aria-expanded')) !== 'true') await icon.locator('a').first().click();
      await this.page.locator('.part.sidebar .title-label', { hasText: 'Cosmos Migration' }).waitFor(SHORTLY);
    });
  }

  /** Runs a command by `Category: Title`, as a person finds it. */
  async command(title: string): Promise<void> {
    const row = this.quickInput().getByRole('option', { name: new RegExp(`^${literal(title)}(,|$)`) });
    // A web page that is only now loaded takes the focus, and the palette closes.
    await until(`${title} is found in the palette`, async () => {
      await this.#openPalette();
      await this.quickInput().locator('input[type="text"]').first().fill(`>${title}`, SHORTLY);
      await row.first().click(SHORTLY);
    });
  }

  /** A web page that has just got the focus hands keys on only when it is loaded: so the focus is taken from it, and the key pressed until it is heard. */
  async #openPalette(): Promise<void> {
    await until('F1 opens the palette', async () => {
      await this.page.evaluate('document.activeElement.blur()');
      await this.page.keyboard.press('F1');
      await this.quickInput().waitFor(SHORTLY);
    });
  }

  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** Types into the open input box and takes it. `expecting` is text of its title, prompt or placeholder. */
  async answer(expecting: string | RegExp, value: string): Promise<void> {
    await this.#quickInputAsks(expecting);
    await this.quickInput().locator('input').first().fill(value);
    await this.page.keyboard.press('Enter');
  }

  /**
   * Takes a path in VS Code's own file dialog. It writes its suggestion into the box once it has read the folder, over what was typed
   * before, and does not hear Enter while it looks at what was typed.
   */
  async answerPath(title: string, path: string): Promise<void> {
    await this.#quickInputAsks(title);
    const input = this.quickInput().locator('input[type="text"]').first();
    await this.page.waitForFunction(
      `[...document.querySelectorAll('.quick-input-widget input[type="text"]')].some((box) => box.offsetParent !== null && box.value !== '')`,
    );
    await until(`the file dialog takes ${path}`, async () => {
      if (await this.quickInput().isHidden()) return;
      await input.fill(path, SHORTLY);
      await input.press('Enter', SHORTLY);
      await this.quickInput().waitFor({ ...SHORTLY, state: 'hidden' });
    });
  }

  /** Takes a row of the open pick. */
  async pick(expecting: string | RegExp, row: string | RegExp): Promise<void> {
    await this.#quickInputAsks(expecting);
    await this.quickInput().locator('.quick-input-list .monaco-list-row', { hasText: row }).first().click();
  }

  async #quickInputAsks(expecting: string | RegExp): Promise<void> {
    const widget = this.quickInput();
    const matches = widget.filter({ hasText: expecting });
    const placeholder = widget.getByPlaceholder(expecting);
    await matches.or(placeholder).first().waitFor();
  }

  /** A row of a side bar's tree by the label that is seen; its accessible name says more. */
  treeRow(label: string | RegExp): Locator {
    const pattern = typeof label === 'string' ? new RegExp(`^${literal(label)}$`) : label;
    const seen = this.page.locator('.monaco-icon-label .label-name').filter({ hasText: pattern });
    return this.page.locator('.part.sidebar').getByRole('treeitem').filter({ has: seen });
  }

  async expand(label: string | RegExp): Promise<void> {
    const row = this.treeRow(label);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
  }

  /** A button that shows on hover. */
  async inlineAction(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name: title }).click();
  }

  /** Right click, then an entry. */
  async contextMenu(row: Locator, entry: string): Promise<void> {
    await this.#drawnTrees();
    await row.click({ button: 'right' });
    const item = this.page.locator('.context-view').getByRole('menuitem', { name: entry });
    await item.waitFor();
    // The menu ignores a click that comes while it is being laid out; the pointer has to have moved over the entry.
    await item.hover();
    await item.click();
  }

  /** A row that is drawn anew while its menu is open is another one to VS Code, and the command gets none: so whatever is still coming has to have come. */
  async #drawnTrees(): Promise<void> {
    await this.page.evaluate(`new Promise((quiet) => {
      let timer = setTimeout(done, ${QUIET_MS});
      const watch = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(done, ${QUIET_MS}); });
      function done() { watch.disconnect(); quiet(); }
      watch.observe(document.querySelector('.part.sidebar'), { childList: true, subtree: true, characterData: true });
    })`);
  }

  /** The button of a view's welcome content. */
  welcomeButton(name: string | RegExp): Locator {
    return this.page.locator('.welcome-view:visible').getByRole('button', { name });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  async answerNotification(text: string | RegExp, button: string): Promise<void> {
    await this.notification(text).getByRole('button', { name: button }).click();
  }

  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: text });
  }

  async answerDialog(text: string | RegExp, button: string | RegExp): Promise<void> {
    const dialog = this.dialog(text);
    await dialog.getByRole('button', { name: button }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  editorTab(title: string | RegExp): Locator {
    return this.page.locator('.part.editor .tabs-container').getByRole('tab', { name: title });
  }

  /** Clicks a row until its tab is there: a row that is drawn anew under the click does not hear it. */
  async openByRow(row: string | RegExp, tab: RegExp): Promise<void> {
    await until(`a click on the row ${String(row)} opens its tab`, async () => {
      await this.treeRow(row).click();
      await this.editorTab(tab).waitFor(SHORTLY);
    });
  }

  /** Of this extension. */
  statusBarItem(): Locator {
    return this.page.locator('.statusbar-item[id^="mongo-cosmos-migration."]');
  }

  /**
   * The document of the webview panel that is in front. Frames of hidden panels stay in the page without being shown, so the
   * tab is brought to the front first.
   */
  async webview(tab: string | RegExp): Promise<FrameLocator> {
    await this.editorTab(tab).click();
    return this.frontWebview();
  }

  frontWebview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
  }

  readonly terminal: Terminal = {
    waitFor: async (text, timeoutMs = ANSWER_LIMIT_MS) => {
      await this.page.locator('.xterm-rows:visible', { hasText: text }).first().waitFor({ timeout: timeoutMs });
    },
    text: async () =>
      (await this.page.locator('.xterm-rows:visible').allInnerTexts()).join('\n').replaceAll('\u00a0', ' '),
    type: async (keys) => {
      await this.page.locator('.xterm-helper-textarea').last().focus();
      await this.page.keyboard.type(keys);
    },
  };
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
