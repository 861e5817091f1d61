// Makes the platform's clock the clock of a function's thread. AWS has one time for a function and for
// what it talks to, so a moved clock that left `Date` behind would show what AWS never does.

/**
 * Puts a `Date` in the place of the machine's that is as far ahead of it as `ahead[0]` says, at every look.
 * Timers and `performance.now()` measure spans, and stay as they are.
 * @param {Float64Array} ahead
 */
exports.moveDate = (ahead) => {
  const Machine = globalThis.Date;
  const machineNow = Machine.now;
  const now = () => machineNow() + ahead[0];
  const Moved = new Proxy(Machine, {
    apply: () => new Machine(now()).toString(),
    construct: (target, values, made) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values, made),
  });
  Machine.now = now;
  Machine.prototype.constructor = Moved;
  globalThis.Date = Moved;
};
