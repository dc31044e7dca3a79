/** Where the keyboard is, and a screen reader with it: never nowhere. */

const CONTROLS = "input, textarea, select, button, a[href]";
let last: Element | null = null;

/**
 * When what has the keyboard goes, such as a question that was answered, a browser begins at the top of the page again.
 * Instead whatever stands in its place now gets it: the button that opened the question, the words that say what was
 * done, the next line of a list.
 */
export function keepFocus(): void {
  document.addEventListener("focusin", (event) => void (last = event.target as Element), true);
  new MutationObserver(restore).observe(document.body, { childList: true, subtree: true });
}

/** To what is shown under this id, or to the first control in it. Screens that lie below are in the document too. */
export function focusOn(id: string): void {
  const shown = visible(`[id="${id}"]`);
  take(shown?.querySelector<HTMLElement>(CONTROLS) ?? shown);
}

function restore(records: readonly MutationRecord[]): void {
  if (last === null || last.isConnected || document.activeElement !== document.body) return;
  const gone = last;
  // The outermost that went: in what is left of it there is no place any more.
  const removal = records.find((each) => each.target.isConnected && [...each.removedNodes].some((node) => node.contains(gone)));
  const around = removal?.target as Element | undefined;
  // A screen that goes gives way to another, which begins at its heading.
  if (removal === undefined || !around?.closest(".frame")) return take(visible(".frame h1"));
  const before = elementBefore(removal.previousSibling);
  const instead = before?.isConnected ? before.nextElementSibling ?? before : around.firstElementChild;
  take((instead as HTMLElement | null) ?? visible(".frame h1"));
}

function visible(selector: string): HTMLElement | null {
  return [...document.querySelectorAll<HTMLElement>(selector)].filter((each) => each.offsetParent !== null).pop() ?? null;
}

function elementBefore(node: Node | null): Element | null {
  for (let each = node; each !== null; each = each.previousSibling) if (each instanceof Element) return each;
  return null;
}

function take(element: HTMLElement | null): void {
  if (element === null) return;
  if (!element.matches(CONTROLS) && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus();
}
