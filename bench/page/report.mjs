// One line of JSON for each figure, as the other benchmarks print them (bench/src/report.rs).

let missed = 0

/** Prints a figure; `bar` is the most that it may be. */
export function line(name, value, unit, bar) {
  const rounded = Number.isInteger(value) ? value : Math.round(value * 1000) / 1000
  const holds = bar === undefined ? {} : { bar, holds: value <= bar }
  console.log(JSON.stringify({ bench: "page", case: name, value: rounded, unit, ...holds }))
  if (bar !== undefined && !(value <= bar)) missed += 1
}

/** For people: why a figure is not there. */
export function note(words) {
  console.error(words)
}

export function exitCode() {
  return missed === 0 ? 0 : 1
}

export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]
}
