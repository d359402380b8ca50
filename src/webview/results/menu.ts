export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
  /** A line above it. */
  readonly separated?: true;
}

/** Opens a menu at a point of the window. It closes when something is chosen, with Escape, and when the focus leaves it. */
export function openMenu(
  name: string,
  items: readonly MenuItem[],
  at: { readonly x: number; readonly y: number },
): void {
  const before = document.activeElement;
  const menu = document.createElement('div');
  menu.className = 'menu';
  menu.setAttribute('role', 'menu');
  menu.setAttribute('aria-label', name);
  let closed = false;
  const close = (): void => {
    if (closed) {
      return;
    }
    closed = true;
    if (menu.contains(document.activeElement) && before instanceof HTMLElement) {
      before.focus({ preventScroll: true });
    }
    menu.remove();
  };
  const entries = items.map(({ label, run, separated }) => {
    const entry = document.createElement('div');
    entry.className = separated === true ? 'menu-item menu-separated' : 'menu-item';
    entry.setAttribute('role', 'menuitem');
    entry.tabIndex = -1;
    entry.textContent = label;
    entry.addEventListener('click', () => {
      close();
      run();
    });
    entry.addEventListener('pointermove', () => entry.focus({ preventScroll: true }));
    return entry;
  });
  menu.append(...entries);
  menu.addEventListener('keydown', (event) => {
    const index = entries.indexOf(document.activeElement as HTMLDivElement);
    const next = nextItem(event.key, index, entries);
    if (next !== undefined) {
      entries[next]?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      entries[index]?.click();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && menu.contains(relatedTarget))) {
      close();
    }
  });
  menu.addEventListener('contextmenu', (event) => event.preventDefault());
  (document.querySelector('main') ?? document.body).append(menu);
  const { offsetWidth, offsetHeight } = menu;
  menu.style.left = `${Math.max(0, Math.min(at.x, window.innerWidth - offsetWidth - 2))}px`;
  menu.style.top = `${Math.max(0, Math.min(at.y, window.innerHeight - offsetHeight - 2))}px`;
  entries[0]?.focus();
}

function nextItem(key: string, index: number, entries: readonly HTMLElement[]): number | undefined {
  const count = entries.length;
  switch (key) {
    case 'ArrowDown':
      return (index + 1) % count;
    case 'ArrowUp':
      return (index - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default: {
      const letter = key.length === 1 && key !== ' ' ? key.toLowerCase() : undefined;
      if (letter === undefined) {
        return undefined;
      }
      const fits = (at: number): boolean =>
        entries[at]?.textContent.toLowerCase().startsWith(letter) === true;
      const order = entries.map((_, step) => (index + 1 + step) % count);
      return order.find(fits);
    }
  }
}
