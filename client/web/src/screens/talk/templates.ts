// With what a talk can begin. It is said in the person's own language and stands in the form, to be changed before anybody reads it.
import { t } from '../../locale/locale.svelte'

/** Names of messages: `template-<name>` is the template's own, `<name>-<number>` its lines. */
export const FEEDBACK = ['feedback-lesson', 'feedback-plan'] as const
export const THREAD = ['thread-question', 'thread-story'] as const

const LINES = [1, 2, 3] as const

export type TalkTemplate = (typeof FEEDBACK | typeof THREAD)[number]

/** What stands in the form for each of its lines. */
export function linesOf(template: TalkTemplate): string[] {
  return LINES.map((number) => t(`${template}-${number}`))
}
