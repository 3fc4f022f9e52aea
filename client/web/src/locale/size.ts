// How much something is, in words people use.
import { t } from './locale.svelte'

const KB = 1024
const MB = KB * KB
const GB = MB * KB
/** One digit after the point. */
const tenths = (bytes: number, of: number) => Math.round((bytes / of) * 10) / 10

export function sizeWords(bytes: number): string {
  if (bytes < MB) return t('size-kb', { size: bytes === 0 ? 0 : Math.max(1, Math.round(bytes / KB)) })
  return bytes < 1000 * MB ? t('size-mb', { size: tenths(bytes, MB) }) : t('size-gb', { size: tenths(bytes, GB) })
}
