// Many values to few.

/** The smallest, the middle, the one that 95 of 100 stay below, and the largest; by nearest rank. */
export function spread(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const rank = (share) => sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)];
  return { count: sorted.length, min: sorted[0], p50: rank(0.5), p95: rank(0.95), max: sorted.at(-1) };
}

/** How much `y` grows with each `x`: the slope of the line that lies closest to the points. */
export function slope(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const rise = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return rise / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}
