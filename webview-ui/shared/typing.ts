/** What somebody types is theirs until they leave the field: snapshots of the host never overwrite it. */

const PAUSE_MS = 400;
const pending = new Map<string, { readonly timer: number; readonly commit: () => void }>();

/** Calls `commit` when the typing pauses; a later call with the same key takes the place of this one. */
export function afterPause(key: string, commit: () => void): void {
  const earlier = pending.get(key);
  if (earlier) {
    clearTimeout(earlier.timer);
  }
  const timer = window.setTimeout(() => {
    pending.delete(key);
    commit();
  }, PAUSE_MS);
  pending.set(key, { timer, commit });
}

/** The field is left or Enter was pressed: what waits is committed now. */
export function withoutPause(key: string): void {
  const waiting = pending.get(key);
  if (waiting) {
    clearTimeout(waiting.timer);
    pending.delete(key);
    waiting.commit();
  }
}

export function withdraw(key: string): void {
  const waiting = pending.get(key);
  if (waiting) {
    clearTimeout(waiting.timer);
    pending.delete(key);
  }
}

/** Puts the host's values (`data-held`) into all fields but the one that is typed in. */
export function holdValues(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>('input[data-held]')) {
    const held = input.dataset['held'] ?? '';
    if (input !== document.activeElement && input.value !== held) {
      input.value = held;
    }
  }
}
