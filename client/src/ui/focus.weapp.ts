/** WeChat's screen reader keeps its own place; there is no keyboard to move. */
export const keepFocus = (): void => undefined;
export const focusOn = (_: string): void => undefined;
