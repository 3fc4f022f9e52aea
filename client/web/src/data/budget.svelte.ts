// The data budget as the node told it last, and what bytes cost by it, so that a size can be said in money before anything large is fetched.
import { locale, t } from '../locale/locale.svelte'
import { sizeWords } from '../locale/size'
import { api } from './api'
import { events } from './events.svelte'
import { session } from './session.svelte'
import type { Budget } from './types'

/** Below this nobody minds. */
const LARGE_BYTES = 500_000
/** As operators count, and as sizes are shown. */
export const MB = 1024 * 1024

class BudgetStore {
  #known = $state.raw<Budget | undefined>()
  #watched = false

  get known(): Budget | undefined {
    return this.#known
  }

  async refresh(): Promise<void> {
    this.#known = await api.budget()
  }

  /** From now on what is known is what the node says. Guests are not told. */
  watch(): void {
    if (this.#watched || !session.me || session.me.guest) return
    this.#watched = true
    // What cannot be asked now is asked when the node is back.
    const look = () => void this.refresh().catch(() => undefined)
    look()
    events.on('network', look)
    events.onOpen(look)
  }

  /** A size, and what it costs where that is known and worth saying. A line that is free now costs nothing, whatever it costs at other times. */
  sizeAndPrice(bytes: number): string {
    const { tariff, now } = this.#known ?? {}
    if (!tariff || now?.mode === 'free' || bytes < LARGE_BYTES) return sizeWords(bytes)
    return `${sizeWords(bytes)}, ${t('budget-about', { money: moneyWords((bytes / MB) * tariff.per_mb, tariff.currency) })}`
  }
}

export const budget = new BudgetStore()

/** An amount as people say it: whole, but where it is small. */
export function moneyWords(amount: number, currency: string): string {
  const digits = amount >= 10 ? 0 : amount >= 1 ? 1 : 2
  const number = amount.toLocaleString(locale.language === 'en' ? 'en-GB' : 'ru-KZ', { maximumFractionDigits: digits })
  return `${number} ${currency}`
}
