import { errors, type Locator, type Page } from 'playwright-core';

/** The one who sits in front of the workbench: every gesture of an end-to-end test goes through here and is counted. */
export class Person {
  private count = 0;

  /** Gestures made since the start or since the last startCounting(): clicks, fields typed, keys pressed, picks. */
  get actions(): number {
    return this.count;
  }

  startCounting(): void {
    this.count = 0;
  }

  async click(target: Locator): Promise<void> {
    this.count += 1;
    await target.click();
  }

  /** Clicks what may be drawn anew under the mouse. Returns whether it was there long enough; if so, one gesture. */
  async tryToClick(target: Locator): Promise<boolean> {
    try {
      await target.click({ timeout: 2_000 });
    } catch (error) {
      if (error instanceof errors.TimeoutError) {
        return false;
      }
      throw error;
    }
    this.count += 1;
    return true;
  }

  /** Types a whole field, replacing what is there; one gesture. */
  async type(field: Locator, text: string): Promise<void> {
    this.count += 1;
    await field.fill(text);
  }

  /** Picks an entry of a native select by its label; one gesture. */
  async choose(field: Locator, label: string): Promise<void> {
    this.count += 1;
    await field.selectOption({ label });
  }

  /** Presses a key or a chord, such as `Enter` or `Control+Shift+P`. */
  async press(page: Page, keys: string): Promise<void> {
    this.count += 1;
    await page.keyboard.press(keys);
  }
}
