// What the browser says of a field that is not filled in, in the page's language: its own words are in the browser's.
import { t } from './locale.svelte'

export function speakOfFields(root: Document): void {
  const said = (event: Event, words: (field: HTMLInputElement) => string) => {
    const field = event.target
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.setCustomValidity(words(field as HTMLInputElement))
  }
  const wanting = (field: HTMLInputElement) => {
    if (field.validity.valueMissing) return t('field-missing')
    // Only passwords have a least length.
    return field.validity.tooShort ? t('error-password-too-short', { min: field.minLength }) : ''
  }
  root.addEventListener('invalid', (event) => said(event, wanting), true)
  root.addEventListener('input', (event) => said(event, () => ''), true)
}
