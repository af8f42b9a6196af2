/* What two lists have in common at their ends: what is between has changed. */

/**
 * How many items are the same at the beginning and at the end of two lists.
 * @param {string[]} one
 * @param {string[]} other
 * @returns {[number, number]}
 */
export function sameEnds(one, other) {
  const most = Math.min(one.length, other.length);
  let head = 0;
  while (head < most && one[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < most - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  return [head, tail];
}
