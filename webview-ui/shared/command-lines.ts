import { html, type TemplateResult } from 'lit';

/** Long command lines are broken between their arguments, never after a dash within one. */
export function commandLines(lines: readonly string[], labelledBy: string): TemplateResult {
  return html`<div class="code" tabindex="0" role="group" aria-labelledby=${labelledBy}>
    ${lines.map(commandLine)}
  </div>`;
}

function commandLine(line: string): TemplateResult {
  const [tool, ...args] = line.split(' ');
  return html`<p class="command">${word(tool ?? '')}${args.map((arg) => [' ', word(arg)])}</p>`;
}

const word = (text: string): TemplateResult => html`<span class="word">${text}</span>`;
