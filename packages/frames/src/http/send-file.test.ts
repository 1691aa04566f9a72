import { expect, test } from 'vitest';
import { contentDisposition, readRange } from './send-file.ts';

test('ranges are read as RFC 9110 has them', () => {
  expect(readRange('bytes=0-99', 1000)).toEqual({ start: 0, end: 99 });
  expect(readRange('bytes=900-', 1000)).toEqual({ start: 900, end: 999 });
  expect(readRange('bytes=-50', 1000)).toEqual({ start: 950, end: 999 });
  expect(readRange('bytes=-5000', 1000)).toEqual({ start: 0, end: 999 });
  expect(readRange('bytes=990-5000', 1000)).toEqual({ start: 990, end: 999 });
  expect(readRange('bytes=1000-', 1000)).toBe('none');
  expect(readRange('bytes=-0', 1000)).toBe('none');
  for (const other of [null, 'bytes=-', 'bytes=5-2', 'bytes=0-1,5-6', 'lines=1-2'])
    expect(readRange(other, 1000)).toBe('all');
});

test('a name of any letters is safe in a header', () => {
  expect(contentDisposition('Ein "Füm"/../x\r\n.mp4')).toBe(
    'inline; filename="Ein _F_m__.._x__.mp4"; filename*=UTF-8\'\'Ein%20_F%C3%BCm__.._x__.mp4',
  );
});
