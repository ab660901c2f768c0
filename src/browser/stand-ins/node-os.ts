export function availableParallelism(): number {
  return navigator.hardwareConcurrency;
}
