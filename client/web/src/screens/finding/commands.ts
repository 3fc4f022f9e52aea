// What the command list offers: documents by the words of their titles, rooms, and what one can do.
import type { DocumentInfo } from '../../data/types'
import { finder } from '../../locale/fold'

export interface Command<Icon extends string = string> {
  id: string
  group: 'documents' | 'rooms' | 'actions'
  name: string
  /** What tells it from others of its name. */
  beside?: string
  icon: Icon
  run: () => void
}

/** More is not read; one more letter finds it. */
export const DOCUMENTS_SHOWN = 8
const GROUPS: readonly Command['group'][] = ['documents', 'rooms', 'actions']

/** Documents that fit, those that begin with the words first and then the newest. */
export function fittingDocuments(documents: readonly DocumentInfo[], wanted: string): DocumentInfo[] {
  const fits = finder(wanted)
  const begins = wanted.trim().toLowerCase()
  const rank = (document: DocumentInfo) => Number(!document.title.toLowerCase().startsWith(begins))
  return documents
    .filter((document) => document.kind !== 'companion' && document.state === 'here' && fits(document.title))
    .sort((a, b) => rank(a) - rank(b) || (b.changed_at ?? 0) - (a.changed_at ?? 0))
    .slice(0, DOCUMENTS_SHOWN)
}

/** The commands that fit, group by group. Documents come in already chosen. */
export function fitting<C extends Command>(commands: readonly C[], wanted: string): C[] {
  const fits = finder(wanted)
  return GROUPS.flatMap((group) => commands.filter((command) => command.group === group && (group === 'documents' || fits(command.name))))
}
