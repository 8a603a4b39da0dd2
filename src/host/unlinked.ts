/**
 * A message with nothing to click in it. VS Code makes a link of what looks like one in messages, progress and prompts, `command:` included, and
 * names in them are anybody's: those of a database, or of a plan that somebody has sent.
 */
export function unlinked(text: string): string {
  // A word joiner is not seen, and has no width.
  return text.replaceAll('](', ']\u2060(');
}
