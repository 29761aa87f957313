// Questions that follow the pen: one is under way at a time, and of those that come meanwhile only the newest waits.

/**
 * The result calls an asynchronous function, or notes what to call it with next; each answer goes to `use` with
 * what it was asked with, each failure's sentence to `complain`.
 */
export function following(call, use, complain) {
  let waiting = null;
  let underWay = false;

  return async (...asked) => {
    waiting = asked;
    if (underWay) return;
    underWay = true;
    while (waiting) {
      const given = waiting;
      waiting = null;
      try {
        use(await call(...given), ...given);
      } catch (error) {
        complain(error.message);
      }
    }
    underWay = false;
  };
}
