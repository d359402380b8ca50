import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { Person } from './person';

const WAIT_MS = 60_000;
/** Themes by kind: the label in the list of themes, and the class that the workbench then carries. */
const THEMES = {
  light: { label: 'Light Modern', className: 'vs' },
  dark: { label: 'Dark Modern', className: 'vs-dark' },
  highContrast: { label: 'Dark High Contrast', className: 'hc-black' },
} as const;

export type ThemeKind = keyof typeof THEMES;

/**
 * The parts of a workbench as a person sees them. Methods that act go through `person` and so count as gestures;
 * those that only find return Playwright locators, to wait on or to look at.
 */
export class Workbench {
  readonly quickInput: QuickInput;

  constructor(
    readonly page: Page,
    readonly person: Person = new Person(),
  ) {
    page.setDefaultTimeout(WAIT_MS);
    this.quickInput = new QuickInput(page, person);
  }

  /** Runs a command by the title that the command palette shows, category included ("Category: Title"). */
  async runCommand(title: string): Promise<void> {
    const input = this.quickInput.field;
    await this.person.press(this.page, 'F1');
    // A key pressed while the workbench still moves its focus is lost.
    await until(`the command palette to open for "${title}"`, async () => {
      if (await input.isVisible()) {
        return true;
      }
      await delay(250);
      if (!(await input.isVisible())) {
        await this.page.keyboard.press('F1');
      }
      return false;
    });
    await this.quickInput.type(`>${title}`);
    await this.quickInput.pick(title);
  }

  /** Shows a view container by its title in the activity bar. */
  async openViewContainer(title: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: startsWith(title) });
    await tab.waitFor();
    if ((await tab.getAttribute('aria-selected')) !== 'true') {
      await this.person.click(tab);
    }
  }

  /** Shows a view of the bottom panel by its title. */
  async openPanelView(title: string): Promise<void> {
    await this.person.click(this.page.locator('.part.panel').getByRole('tab', { name: startsWith(title) }));
  }

  /** The rows of a tree view whose label, without description, is this. */
  treeRow(label: string, options: { readonly view?: string } = {}): Locator {
    const scope =
      options.view === undefined
        ? this.page.locator('body')
        : this.page.getByRole('tree', { name: options.view });
    const name = this.page.locator('.label-name').getByText(label, { exact: true });
    return scope.getByRole('treeitem').filter({ has: name });
  }

  async clickTreeRow(label: string): Promise<void> {
    await this.person.click(this.treeRow(label).locator('.label-name').first());
  }

  /** Opens a row's children by its twistie; a row that is open stays so. */
  async expandTreeRow(label: string): Promise<void> {
    const row = this.treeRow(label);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) !== 'true') {
      await this.person.click(row.locator('.monaco-tl-twistie'));
    }
  }

  /** Clicks one of the icons that a row shows at its right end. */
  async clickInlineAction(label: string, action: string): Promise<void> {
    const row = this.treeRow(label);
    const icon = row.getByRole('button', { name: action });
    let x = 40;
    // A row that is drawn anew under a mouse at rest shows its icons once the mouse moves, and may be drawn anew again.
    await until(`the action "${action}" of the row "${label}"`, async () => {
      x += 1;
      await row.hover({ position: { x, y: 8 } });
      return (await icon.isVisible()) && (await this.person.tryToClick(icon));
    });
  }

  /** Opens a row's context menu and picks an entry. */
  async pickFromContextMenu(label: string, entry: string): Promise<void> {
    await this.treeRow(label).click({ button: 'right' });
    // A menu that has just opened takes no clicks yet, so as not to be hit by the one that opened it.
    await this.page.getByRole('menuitem', { name: entry }).hover();
    await this.person.press(this.page, 'Enter');
  }

  /** The icons in the title of a view. */
  viewTitleAction(action: string): Locator {
    return this.page
      .locator('.sidebar .title-actions, .sidebar .pane-header')
      .getByRole('button', { name: action });
  }

  /** The content of the webview with this title: an editor panel or a webview view. Waits until it is there. */
  async webview(title: string): Promise<FrameLocator> {
    let name: string | null | undefined;
    await until(`the webview "${title}" to show`, async () => {
      for (const outer of await this.page.locator('iframe.webview.ready').all()) {
        const inner = outer.contentFrame().locator('iframe#active-frame');
        if ((await inner.count()) > 0 && (await inner.getAttribute('title')) === title) {
          name = await outer.getAttribute('name');
          return true;
        }
      }
      return false;
    });
    return this.page.frameLocator(`iframe.webview[name="${name ?? ''}"]`).frameLocator('iframe#active-frame');
  }

  /** Tab of an editor or panel in the editor area. */
  editorTab(title: string | RegExp): Locator {
    return this.page.locator('.editor .tabs-container').getByRole('tab', { name: title });
  }

  /** Notifications, as toasts or in the notification centre, whose text matches. */
  notification(text: string | RegExp): Locator {
    return this.page
      .locator('.notifications-toasts, .notifications-center')
      .locator('.notification-list-item')
      .filter({ hasText: text });
  }

  async clickNotificationButton(text: string | RegExp, button: string): Promise<void> {
    await this.person.click(this.notification(text).getByRole('button', { name: button }));
  }

  /** The texts of the notifications that are showing. */
  notificationTexts(): Promise<string[]> {
    return this.page.locator('.notification-list-item .notification-list-item-message').allInnerTexts();
  }

  /** A modal dialog of the workbench. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text });
  }

  async clickDialogButton(text: string | RegExp, button: string): Promise<void> {
    await this.person.click(this.dialog(text).getByRole('button', { name: button }));
  }

  /** An entry of the status bar by its accessible name, which is its text unless the extension gives another. */
  statusBarItem(name: string | RegExp): Locator {
    return this.page.locator('.part.statusbar').getByRole('button', { name });
  }

  /** Replaces the text of the focused text editor. */
  async typeInEditor(text: string): Promise<void> {
    await this.page.locator('.editor-instance .monaco-editor .view-lines').last().click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(text);
  }

  /** Changes the colour theme and waits until the workbench wears it. Not a gesture of the path under test. */
  async setTheme(kind: ThemeKind): Promise<void> {
    const { label, className } = THEMES[kind];
    const stagehand = new Workbench(this.page);
    await stagehand.runCommand('Preferences: Color Theme');
    await stagehand.quickInput.type(label);
    await stagehand.quickInput.pick(label);
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  /** Loads the window anew, as the editor's own command does; what was unsaved in it is kept by the editor. */
  async reloadWindow(): Promise<void> {
    const reloaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await reloaded;
  }

  /** Closes the window as a person closes its tab in the browser. */
  async closeWindow(): Promise<void> {
    const closed = this.page.waitForEvent('close');
    await this.page.close({ runBeforeUnload: true });
    await closed;
  }

  async screenshot(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }
}

/** The box at the top centre: command palette, pick lists and input boxes. */
export class QuickInput {
  constructor(
    private readonly page: Page,
    private readonly person: Person,
  ) {}

  get widget(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  get field(): Locator {
    return this.widget.locator('.quick-input-box input');
  }

  /** The title above, or the prompt or problem below the field. */
  message(text: string | RegExp): Locator {
    return this.widget.getByText(text);
  }

  /** Entries whose label is this; a description may follow. */
  option(label: string): Locator {
    return this.widget.getByRole('option', { name: startsWith(label) });
  }

  async type(text: string): Promise<void> {
    await this.person.type(this.field, text);
  }

  async pick(label: string): Promise<void> {
    await this.person.click(this.option(label).first());
  }

  async accept(): Promise<void> {
    await this.person.press(this.page, 'Enter');
  }

  async cancel(): Promise<void> {
    await this.person.press(this.page, 'Escape');
  }
}

/** An accessible name that is this text, or this text with what the workbench appends: keys, a state, a badge's words. */
function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:$|,| \\(| - )`);
}

/** Asks again and again until the answer is yes, for a minute at most. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await isSo())) {
    if (Date.now() > end) {
      throw new Error(`Waited ${WAIT_MS / 1000} s in vain for ${what}`);
    }
    await delay(50);
  }
}
