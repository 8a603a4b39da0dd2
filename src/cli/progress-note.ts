/** A word now and then while something takes its time; silent where it is quick. */
import type { CommandContext } from './context.js';

/** Plain lines come at most this often. */
export const NOTE_EVERY_MS = 5000;

/** Progress of a size analysis, on stderr. */
export function inventoryProgress(context: CommandContext): (progress: { done: number; total: number }) => void {
  let next = context.clock.now() + NOTE_EVERY_MS;
  return ({ done, total }) => {
    if (context.clock.now() < next || done === total) return;
    next = context.clock.now() + NOTE_EVERY_MS;
    context.output.note(`reading sizes: ${done} of ${total} collections`);
  };
}
