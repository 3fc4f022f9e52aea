// With what a meeting can begin: agendas that a network or a school's group has used before, to be changed and not to be filled in.
import { append } from '../../edit/carry'
import type { Meeting, Purpose } from '../../edit/kinds'
import { setWord, word } from '../../edit/paths'
import { t, type Words } from '../../locale/locale.svelte'

const NETWORK: readonly [name: string, minutes: number, purpose: Purpose][] = [
  ['opening', 10, 'inform'],
  ['tasks', 15, 'discuss'],
  ['schools', 40, 'discuss'],
  ['friends', 30, 'discuss'],
  ['decide', 15, 'decide'],
  ['ahead', 10, 'discuss'],
]

const SESSION: readonly [name: string, minutes: number, purpose: Purpose][] = [
  ['since', 15, 'inform'],
  ['projects', 30, 'discuss'],
  ['idea', 20, 'inform'],
  ['practice', 30, 'discuss'],
  ['steps', 15, 'decide'],
  ['ahead', 10, 'discuss'],
]

function agenda(draft: Meeting, items: typeof NETWORK, say: Words): void {
  for (const [name, minutes, purpose] of items) append(draft, 'agenda', { title: say(`agenda-begins-${name}`), minutes, purpose: word(purpose) })
}

/** `say` speaks the document's language, which may be another than the page's. */
export const TEMPLATES: readonly { name: string; apply: (draft: Meeting, say?: Words) => void }[] = [
  { name: 'template-meeting-network', apply: (draft, say = t) => agenda(draft, NETWORK, say) },
  {
    name: 'template-meeting-session',
    apply: (draft, say = t) => {
      setWord(draft, ['form'], 'session')
      agenda(draft, SESSION, say)
    },
  },
]
