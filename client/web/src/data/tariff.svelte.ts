// What bytes cost, so that a size can be said in money before anything large is fetched.
import { locale, t } from '../locale/locale.svelte'
import { sizeWords } from '../locale/size'
import { api } from './api'
import { events } from './events.svelte'
import { session } from './session.svelte'
import type { Budget, Tariff } from './types'

/** Below this nobody minds. */
const LARGE_BYTES = 500_000
/** As operators count, and as sizes are shown. */
const MB = 1024 * 1024

class TariffStore {
  #tariff = $state.raw<Tariff | undefined>()
  #asked = false

  /** What is known by a budget that was fetched anyway. A line that is free costs nothing, whatever it costs at other times. */
  know(budget: Budget): void {
    this.#asked = true
    this.#tariff = budget.now.mode === 'free' ? undefined : (budget.tariff ?? undefined)
  }

  /** Asks once, and again when the network has changed. Guests are not told. */
  ask(): void {
    if (this.#asked || !session.me || session.me.guest) return
    this.#asked = true
    const look = () => void api.budget().then((budget) => this.know(budget)).catch(() => undefined)
    look()
    events.on('network', look)
  }

  /** A size, and what it costs where that is known and worth saying. */
  sizeAndPrice(bytes: number): string {
    const tariff = this.#tariff
    if (tariff === undefined || bytes < LARGE_BYTES) return sizeWords(bytes)
    return `${sizeWords(bytes)}, ${t('budget-about', { money: moneyWords((bytes / MB) * tariff.per_mb, tariff.currency) })}`
  }
}

export const tariff = new TariffStore()

/** An amount as people say it: whole, but where it is small. */
export function moneyWords(amount: number, currency: string): string {
  const digits = amount >= 10 ? 0 : amount >= 1 ? 1 : 2
  const number = amount.toLocaleString(locale.language === 'en' ? 'en-GB' : 'ru-KZ', { maximumFractionDigits: digits })
  return `${number} ${currency}`
}
