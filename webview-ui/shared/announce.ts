/** What a screen reader is told without moving the focus. One region for the whole page, there before its first text. */

const region = document.createElement('div');
region.className = 'visually-hidden';
region.setAttribute('role', 'status');
document.body.append(region);

export function announce(text: string): void {
  region.textContent = text;
}

/** Busy texts change many times a second: a listener wants the first one, one now and then, and the end. */
const BUSY_EVERY_MS = 8000;
let busySince: number | undefined;

export function announceBusy(text: string | undefined, doneText: string): void {
  if (text === undefined) {
    if (busySince !== undefined) {
      busySince = undefined;
      announce(doneText);
    }
    return;
  }
  const now = performance.now();
  if (busySince === undefined || now - busySince > BUSY_EVERY_MS) {
    busySince = now;
    announce(text);
  }
}
