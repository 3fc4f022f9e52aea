// How much something is, in words people use.
import { t } from './locale.svelte'

const KB = 1024
const MB = KB * KB

export function sizeWords(bytes: number): string {
  return bytes < MB ? t('size-kb', { size: Math.max(1, Math.round(bytes / KB)) }) : t('size-mb', { size: Math.round((bytes / MB) * 10) / 10 })
}
