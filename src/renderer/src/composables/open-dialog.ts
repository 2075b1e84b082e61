const DIALOG = '[data-modal-dialog]';
const OPEN_LIST = '[role="listbox"][data-state="open"]';

/** Whether a modal dialog or the list of a SelectBox is open: it handles all keys itself. */
export function isModalOpen(): boolean {
  return document.querySelector(`${DIALOG}, ${OPEN_LIST}`) !== null;
}

/** Whether an element is in a modal dialog or in the open list of a SelectBox. */
export function isInModal(element: Element): boolean {
  return element.closest(`${DIALOG}, [role="listbox"]`) !== null;
}

/** While a list is open, what the component library hides from assistive technology cannot be used either. */
export function setHiddenInert(isInert: boolean): void {
  for (const element of document.querySelectorAll('[data-aria-hidden="true"]')) element.toggleAttribute('inert', isInert);
}

/** The modal dialog around an element, also after both were removed from the page. */
function dialogAround(element: Element): Element | null {
  return element.closest(DIALOG);
}

/** The elements that had the focus when a dialog opened, by the dialog's content. */
const openers = new WeakMap<Element, HTMLElement>();

/** The element to which the focus returns from a dialog that opens now. An entry of a menu disappears: its menu's button replaces it. */
export function currentOpener(): HTMLElement | null {
  const focused = document.activeElement;
  const trigger = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby') ?? null;
  const opener = trigger === null ? focused : document.getElementById(trigger);
  return opener instanceof HTMLElement && opener !== document.body ? opener : null;
}

export function rememberOpener(dialog: Element, opener: HTMLElement): void {
  openers.set(dialog, opener);
}

/** Returns the focus. If the opener was in a dialog that has closed as well, the opener of that dialog gets it. */
export function focusOpener(opener: HTMLElement | null): void {
  let target: HTMLElement | undefined = opener ?? undefined;
  while (target?.isConnected === false) {
    const around = dialogAround(target);
    target = around === null ? undefined : openers.get(around);
  }
  target?.focus({ preventScroll: true });
}
