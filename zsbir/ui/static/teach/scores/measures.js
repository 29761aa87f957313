// How well drawings were answered: the field's measures, of lists of marks: whether each photo, best first, counts.

/** P@k: the share of the first k photos that count; of all, where there are fewer. */
export function precision(marks, k) {
  const first = marks.slice(0, k);
  return first.length ? first.filter(Boolean).length / first.length : 0;
}

/** Acc@1: 1 if the first photo counts, else 0. */
export const accuracy = (marks) => (marks[0] ? 1 : 0);

/** Reciprocal rank: 1 over the rank of the first photo that counts; 0 if none does. */
export const reciprocalRank = (marks) => {
  const first = marks.indexOf(true);
  return first < 0 ? 0 : 1 / (first + 1);
};

/**
 * AP@k: the precisions at the ranks of the photos that count, summed, over what was possible.
 *
 * Possible are as many as count in the gallery, `relevant`, and no more than k; as zsbir.evaluation's "min".
 */
export function averagePrecision(marks, relevant, k) {
  const possible = Math.min(relevant, k, marks.length);
  if (!possible) return 0;
  let [hits, sum] = [0, 0];
  marks.slice(0, k).forEach((counts, i) => {
    if (!counts) return;
    hits += 1;
    sum += hits / (i + 1);
  });
  return sum / possible;
}

/** The mean of some numbers; null of none. */
export const mean = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null);

/** What guessing gives on average: one of n photos is right, and each place in the list is as likely. */
export function guessing(n) {
  const reciprocals = Array.from({ length: n }, (_, i) => 1 / (i + 1));
  return { accuracy: 1 / n, reciprocal: mean(reciprocals) };
}
