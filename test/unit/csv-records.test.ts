import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvRecords } from '../../src/engine/text/csv-records.js';

function read(text: string, pieceBytes = 5): ReturnType<CsvRecords['end']> {
  const records = new CsvRecords();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) records.push(bytes.subarray(at, at + pieceBytes));
  return records.end();
}

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

describe('CSV records', () => {
  it('are counted, and the header read, whatever is within quotes and however the stream is cut', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'ä') });
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (rows, pieceBytes, lineEnd, endsWithLine) => {
          const text = rows.map((row) => row.map(quoted).join(',')).join(lineEnd) + (endsWithLine ? lineEnd : '');
          expect(read(text, pieceBytes)).toEqual({ header: rows[0], count: rows.length, isFinished: true });
        },
      ),
    );
  });

  it('need not be quoted; empty lines and a byte order mark are none of them', () => {
    expect(read('\uFEFF_id,a b\n\n1,2\n\n')).toEqual({ header: ['_id', 'a b'], count: 2, isFinished: true });
    expect(read('')).toEqual({ header: [], count: 0, isFinished: true });
  });

  it('that end within quotes are not finished', () => {
    expect(read('a,b\n1,"two').isFinished).toBe(false);
    expect(read('a,b\n1,"two"').isFinished).toBe(true);
  });
});
