/** Reads a `when` or `enablement` clause as far as is needed to know which keys it uses, and against which values. */

export interface Comparison {
  readonly key: string;
  /** What stands right of `==`, `!=`, `in`, `<`; a regular expression for `=~`; absent for a bare key. */
  readonly value?: string | RegExp;
}

/** Every comparison of a clause. Throws where the clause is not one. */
export function comparisonsOf(clause: string): Comparison[] {
  return splitOutside(clause).map((part) => {
    const bare = part
      .trim()
      .replace(/^[!(\s]+/, '')
      .trim();
    const operator = /^([\w.:-]+)\s*(===?|!==?|=~|<=?|>=?|\bnot in\b|\bin\b)\s*(.+)$/s.exec(bare);
    if (operator) {
      const [, key = '', sign, right = ''] = operator;
      return { key, value: sign === '=~' ? expression(right) : literal(right) };
    }
    const key = bare.replace(/[)\s]+$/, '');
    if (!/^[\w.:-]+$/.test(key)) throw new Error(`"${part}" of "${clause}" cannot be read`);
    return { key };
  });
}

function literal(text: string): string {
  return text.replace(/[)\s]+$/, '').replace(/^'(.*)'$/s, '$1');
}

function expression(text: string): RegExp {
  const match = /^\/(.*)\/([a-z]*)[)\s]*$/s.exec(text.trim());
  if (!match) throw new Error(`${text} is not a regular expression`);
  return new RegExp(match[1] ?? '', match[2]);
}

/** Splits at `&&` and `||`, but not inside a regular expression or a string. */
function splitOutside(clause: string): string[] {
  const parts: string[] = [];
  let current = '';
  let inside: string | undefined;
  for (let i = 0; i < clause.length; i++) {
    const char = clause[i] ?? '';
    if (inside !== undefined) {
      current += char;
      if (char === '\\') current += clause[++i] ?? '';
      else if (char === inside) inside = undefined;
    } else if (char === "'" || (char === '/' && /=~\s*$/.test(current))) {
      inside = char;
      current += char;
    } else if (clause.startsWith('&&', i) || clause.startsWith('||', i)) {
      parts.push(current);
      current = '';
      i++;
    } else current += char;
  }
  return [...parts, current];
}
