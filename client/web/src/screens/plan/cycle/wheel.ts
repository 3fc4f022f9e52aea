// The geometry of the cycle wheel: five arcs around a centre, the first at the top, clockwise.

export const RADIUS = 44
const GAP_DEGREES = 9

function at(degrees: number, radius: number): string {
  const angle = ((degrees - 90) * Math.PI) / 180
  return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`
}

export interface Arc {
  path: string
  /** The little head that points to the next arc. */
  head: string
  label: { x: number; y: number }
}

export function arcs(count: number): Arc[] {
  const each = 360 / count
  return Array.from({ length: count }, (_, index) => {
    const from = index * each - each / 2 + GAP_DEGREES / 2
    const to = from + each - GAP_DEGREES
    const [x, y] = at(index * each, RADIUS).split(' ').map(Number)
    return {
      path: `M ${at(from, RADIUS)} A ${RADIUS} ${RADIUS} 0 0 1 ${at(to, RADIUS)}`,
      head: `M ${at(to + 2, RADIUS - 4)} L ${at(to + 7, RADIUS)} L ${at(to + 2, RADIUS + 4)}`,
      label: { x: x ?? 0, y: y ?? 0 },
    }
  })
}
