// What is said of the data budget.
import { moneyWords } from '../../../data/budget.svelte'
import type { Budget, BudgetHeld, BudgetMode } from '../../../data/types'
import { t } from '../../../locale/locale.svelte'
import { sizeWords } from '../../../locale/size'

export function modeWords(mode: BudgetMode): string {
  return t(`budget-mode-${mode.replace('_', '-')}`)
}

/** Why it is so, where nobody here chose it. */
export function becauseWords({ now }: Budget): string {
  if (now.reason === 'free_hours') return t('budget-because-hours')
  if (now.mode === 'free') return ''
  if (now.reason === 'system') return t('budget-because-system')
  return now.reason === 'configured' ? t('budget-because-configured') : ''
}

export function heldWords(held: BudgetHeld): string {
  return t(held === 'by_hand' ? 'budget-held-by-hand' : 'budget-held-used-up')
}

/** What went this month, of how much, and in money. */
export function usedWords({ used, monthly_limit, cost, tariff }: Budget): string {
  const size = sizeWords(used)
  const words = monthly_limit === null ? t('budget-used', { size }) : t('budget-used-of', { size, limit: sizeWords(monthly_limit) })
  return cost === null || tariff === null ? words : `${words} · ${t('budget-about', { money: moneyWords(cost, tariff.currency) })}`
}
