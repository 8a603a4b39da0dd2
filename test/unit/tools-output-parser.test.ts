import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyDocumentError, parseToolLine } from '../../src/adapters/tools/output-parser.js';
import { SummaryBuilder } from '../../src/adapters/tools/tool-summary.js';

const AT = '2026-11-23T20:15:01.123+0000';
const event = (message: string) => {
  const { at, ...body } = parseToolLine(`${AT}\t${message}`);
  expect(at).toBe(AT);
  return body;
};

describe('the grammar of the tools', () => {
  it.each([
    ['writing shop.orders to archive on stdout', { kind: 'dump-started', ns: 'shop.orders', to: 'archive on stdout' }],
    [
      'writing `shop.or ders` to `archive on stdout`',
      { kind: 'dump-started', ns: 'shop.or ders', to: 'archive on stdout' },
    ],
    ['done dumping shop.orders (1 document)', { kind: 'dumped', ns: 'shop.orders', documents: 1 }],
    [
      'done dumping `shop.a (2 documents)` (30 documents)',
      { kind: 'dumped', ns: 'shop.a (2 documents)', documents: 30 },
    ],
    [
      'restoring shop.orders from archive on stdin',
      { kind: 'restore-started', ns: 'shop.orders', from: 'archive on stdin' },
    ],
    [
      'restoring `shop.orders` from `archive on stdin`',
      { kind: 'restore-started', ns: 'shop.orders', from: 'archive on stdin' },
    ],
    [
      'finished restoring shop.orders (1 document, 1 failure)',
      { kind: 'restored', ns: 'shop.orders', documents: 1, failures: 1 },
    ],
    [
      'finished restoring `a.b` (10 documents, 0 failures)',
      { kind: 'restored', ns: 'a.b', documents: 10, failures: 0 },
    ],
    [
      '9000 document(s) restored successfully. 1000 document(s) failed to restore.',
      { kind: 'total', action: 'restored', documents: 9000, failures: 1000 },
    ],
    [
      '3 document(s) imported successfully. 0 document(s) failed to import.',
      { kind: 'total', action: 'imported', documents: 3, failures: 0 },
    ],
    ['exported 3 records', { kind: 'total', action: 'exported', documents: 3, failures: 0 }],
    ['exported 1 record', { kind: 'total', action: 'exported', documents: 1, failures: 0 }],
    [
      '[########################]  test.c  2000000/1000000  (200.0%)',
      { kind: 'document-progress', ns: 'test.c', documents: 2_000_000, total: 1_000_000 },
    ],
    [
      '[........................]  te  st.c  0/0  (NaN%)',
      { kind: 'document-progress', ns: 'te  st.c', documents: 0, total: 0 },
    ],
    [
      '[#####...................]  db.c  1.06GB/4.20GB  (25.2%)',
      { kind: 'byte-progress', ns: 'db.c', bytes: 1_138_166_333, total: 4_509_715_661 },
    ],
    ['test.c  943MB', { kind: 'byte-progress', ns: 'test.c', bytes: 943 * 1024 * 1024 }],
    ['test.c  12B', { kind: 'byte-progress', ns: 'test.c', bytes: 12 }],
    [
      'continuing through error: E11000 duplicate key error collection: a.b index: _id_ dup key: { _id: 1 }',
      {
        kind: 'document-error',
        class: 'duplicate-key',
        text: 'E11000 duplicate key error collection: a.b index: _id_ dup key: { _id: 1 }',
      },
    ],
    ['Failed: cannot connect', { kind: 'failed', text: 'cannot connect' }],
    ["error parsing command line options: unknown option 'x'", { kind: 'failed', text: "unknown option 'x'" }],
    ["signal 'terminated' received; attempting to shut down", { kind: 'signal-received', signal: 'terminated' }],
    ['WARNING: ignoring unsupported URI parameter', { kind: 'warning', text: 'ignoring unsupported URI parameter' }],
    [
      "warning, couldn't get version information from server: x",
      { kind: 'warning', text: "couldn't get version information from server: x" },
    ],
    [
      'restoring to existing collection a.b without dropping',
      { kind: 'note', text: 'restoring to existing collection a.b without dropping' },
    ],
    ['preparing collections to restore from', { kind: 'note', text: 'preparing collections to restore from' }],
  ])('reads %s', (message, expected) => {
    expect(event(message)).toEqual(expected);
  });

  it('takes any text and keeps it whole where it knows no form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = parseToolLine(text);
        if (parsed.kind === 'note' && parsed.at === undefined) expect(parsed.text).toBe(text);
      }),
    );
  });

  it('gives back any name that has no line end, quoted or bare', () => {
    const name = fc.stringMatching(/^[^\n\r`]+$/).filter((text) => text.trim() === text && !text.includes(' to '));
    fc.assert(
      fc.property(name, fc.nat(), fc.boolean(), (ns, documents, quoted) => {
        const shown = quoted ? `\`${ns}\`` : ns;
        expect(event(`done dumping ${shown} (${documents} documents)`)).toEqual({ kind: 'dumped', ns, documents });
        expect(event(`writing ${shown} to archive on stdout`)).toMatchObject({ ns });
        expect(event(`finished restoring ${shown} (${documents} documents, 2 failures)`)).toMatchObject({
          ns,
          documents,
        });
      }),
    );
  });

  it('tells a throttled document from a duplicate and from one that is too large', () => {
    expect(classifyDocumentError('E11000 duplicate key error')).toBe('duplicate-key');
    expect(classifyDocumentError('Duplicate key violation on the requested collection')).toBe('duplicate-key');
    expect(classifyDocumentError('Error=16500, RetryAfterMs=34, Details=Request rate is large')).toBe('throttled');
    expect(classifyDocumentError('Request size is too large')).toBe('too-large');
    expect(classifyDocumentError('Document failed validation')).toBe('validation');
    expect(classifyDocumentError('something else')).toBe('other');
  });
});

describe('the summary of a tool', () => {
  it('adds up what the tool said and stays small', () => {
    const summary = new SummaryBuilder();
    for (let i = 0; i < 10_000; i++)
      summary.add({ kind: 'document-error', class: 'throttled', text: 'x'.repeat(5_000) });
    summary.add({ kind: 'restored', ns: 'a.b', documents: 7, failures: 3 });
    summary.add({ kind: 'total', action: 'restored', documents: 7, failures: 3 });
    summary.add({ kind: 'failed', text: 'the first reason' });
    summary.add({ kind: 'failed', text: 'a later one' });
    const built = summary.build();
    expect(built).toMatchObject({
      collections: 1,
      documents: 7,
      failures: 3,
      failed: 'the first reason',
      total: { documents: 7, failures: 3 },
      documentErrors: { throttled: 10_000, 'duplicate-key': 0 },
    });
    expect(JSON.stringify(built).length).toBeLessThan(20_000);
  });
});
