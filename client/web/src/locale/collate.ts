// Names in the order of the person's alphabet. Kazakh is spelt out here: browsers without a Kazakh collation would put ә, і
// and their kin after я or beside the wrong letter.
import type { Language } from '../data/types'

const KAZAKH = [...'аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя']
const RANK = new Map(KAZAKH.map((letter, rank) => [letter, rank]))

function compareKazakh(a: string, b: string): number {
  const left = [...a.toLowerCase()]
  const right = [...b.toLowerCase()]
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const x = left[i] as string
    const y = right[i] as string
    if (x === y) continue
    const rankX = RANK.get(x)
    const rankY = RANK.get(y)
    if (rankX !== undefined && rankY !== undefined) return rankX - rankY
    return x.localeCompare(y, 'ru') || (x < y ? -1 : 1)
  }
  return left.length - right.length
}

export function compareNames(a: string, b: string, language: Language): number {
  return language === 'kk' ? compareKazakh(a, b) : a.localeCompare(b, language)
}
