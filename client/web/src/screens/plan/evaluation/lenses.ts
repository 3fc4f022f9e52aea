// The built-in questions of self-evaluation. A document names them; their words are in Fluent (`asks-<lens>-<question>`).
import { oneOf, said, LENSES, type Judgement, type Lens } from '../../../edit/kinds'
import type { Placed } from '../../../edit/order'
import { t } from '../../../locale/locale.svelte'

export const BUILT_IN: Readonly<Record<Exclude<Lens, 'own'>, readonly string[]>> = {
  factors: ['purpose', 'teaching', 'culture', 'development', 'enquiry', 'data', 'learning', 'expectations', 'opportunity', 'accountability'],
  organisation: ['external', 'strategy', 'leadership', 'culture', 'structure', 'climate', 'tasks', 'needs', 'motivation'],
  engagement: ['families', 'staff', 'community'],
}
export const BUILT_IN_LENSES = ['factors', 'organisation', 'engagement'] as const

/** Judgements on one question: several where people picked it apart. */
export interface Judged {
  key: string
  lens: Lens
  /** Name of the built-in question; empty for one of one's own. */
  question: string
  judgements: Placed<Judgement>[]
}

/** Each question once, where it was first picked. A question that this page does not know stands by itself, like one's own. */
export function judged(judgements: readonly Placed<Judgement>[]): Judged[] {
  const found = new Map<string, Judged>()
  for (const placed of judgements) {
    const lens = oneOf(LENSES, placed.item.lens)
    const question = said(placed.item.question)
    const builtIn = lens !== 'own' && BUILT_IN[lens].includes(question)
    const key = builtIn ? `${lens}-${question}` : placed.id
    const group = found.get(key)
    if (group) group.judgements.push(placed)
    else found.set(key, { key, lens: builtIn ? lens : 'own', question: builtIn ? question : '', judgements: [placed] })
  }
  return [...found.values()]
}

/** What a judgement is about, in a few words. */
export function nameOfJudgement(judgement: Judgement): string {
  const lens = oneOf(LENSES, judgement.lens)
  const question = said(judgement.question)
  if (lens !== 'own' && BUILT_IN[lens].includes(question)) return t(`asks-${lens}-${question}`)
  return judgement.asked.trim() || t('untitled')
}
