// The arithmetic of the measurements, without a browser.

import { slope, spread } from './figures.mjs';
import { expect, test } from '../support/test.mjs';

test('a spread names values that were really measured', () => {
  const twenty = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect(spread(twenty)).toEqual({ count: 20, min: 1, p50: 10, p95: 19, max: 20 });
  expect(spread([7])).toEqual({ count: 1, min: 7, p50: 7, p95: 7, max: 7 });
});

test('a slope is growth, whatever there was before', () => {
  const points = [1, 2, 3, 4].map((x) => ({ x, y: 50 + 3 * x }));
  expect(slope(points)).toBeCloseTo(3);
  expect(slope(points.map(({ x }) => ({ x, y: 9 })))).toBeCloseTo(0);
});
