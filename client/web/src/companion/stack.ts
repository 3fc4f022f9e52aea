// Cards beside a text: each as near to its words as the others allow, none over another.

export interface Card {
  id: string
  /** Where its words are, in pixels from the top. */
  wanted: number
  height: number
}

export const GAP = 10

/** Tops of the cards, which come in the order of their places. The chosen one stands at its words, and the others make room for it. */
export function stack(cards: readonly Card[], chosen: string | undefined, from = 0): Map<string, number> {
  const tops = new Map<string, number>()
  const middle = Math.max(0, cards.findIndex(({ id }) => id === chosen))
  let free = from
  for (const [index, card] of cards.entries()) {
    const top = index === middle && card.id === chosen ? Math.max(card.wanted, from) : Math.max(card.wanted, free)
    tops.set(card.id, top)
    free = top + card.height + GAP
  }
  // Those above the chosen one move up as far as they must.
  let foot = tops.get(cards[middle]?.id ?? '') ?? from
  for (const card of cards.slice(0, middle).reverse()) {
    const top = Math.min(tops.get(card.id) ?? 0, foot - GAP - card.height)
    tops.set(card.id, top)
    foot = top
  }
  // Where there is no room above, all move down together.
  const over = from - Math.min(...tops.values(), from)
  if (over > 0) return stack(cards, undefined, from)
  return tops
}
