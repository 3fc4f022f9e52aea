import { readFileSync, readdirSync } from 'node:fs'
import { FluentBundle, FluentResource } from '@fluent/bundle'
import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { CRITERIA, said, type Plan, type Portfolio } from '../src/edit/kinds'
import { ordered, word } from '../src/edit/paths'
import type { Words } from '../src/locale/locale.svelte'
import { TEMPLATES as PLANS } from '../src/screens/plan/templates'
import { TEMPLATES as PORTFOLIOS } from '../src/screens/portfolio/templates'
import { FEEDBACK, THREAD } from '../src/screens/talk/templates'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

/** The words of a language, and a fault where one is missing. */
function wordsOf(language: string): Words {
  const folder = new URL(`../../locales/${language}/`, import.meta.url)
  const bundle = new FluentBundle(language)
  for (const file of readdirSync(folder)) bundle.addResource(new FluentResource(readFileSync(new URL(file, folder), 'utf8')))
  return (id) => {
    const value = bundle.getMessage(id)?.value
    if (!value) throw new Error(`${language} has no ${id}`)
    return bundle.formatPattern(value)
  }
}

const empty = <T>(kind: string, collections: readonly string[]): A.Doc<T> =>
  A.from({ kind: word(kind), ...Object.fromEntries(collections.map((name) => [name, {}])) } as never) as unknown as A.Doc<T>

describe.each(['kk', 'ru', 'en'])('what documents begin with, in %s', (language) => {
  const say = wordsOf(language)

  it('a plan has priorities, each with a goal and two actions of nobody yet', () => {
    for (const { name, apply } of PLANS) {
      expect(say(name)).not.toBe('')
      const begun = A.change(empty<Plan>('plan', ['priorities', 'goals', 'actions']), (draft) => apply(draft, say))
      const [priorities, goals, actions] = [ordered(begun.priorities), ordered(begun.goals), ordered(begun.actions)]
      expect(goals.map(({ item }) => said(item.priority))).toEqual(priorities.map(({ id }) => id))
      for (const { id } of goals) expect(actions.filter(({ item }) => said(item.goal) === id)).toHaveLength(2)
      for (const { item } of actions) expect([item.responsible, said(item.due), said(item.status), item.what !== '']).toEqual(['', '', 'planned', true])
    }
  })

  it('a portfolio has two places under each criterion', () => {
    for (const { name, apply } of PORTFOLIOS) {
      expect(say(name)).not.toBe('')
      const begun = A.change(empty<Portfolio>('portfolio', ['pieces']), (draft) => apply(draft, say))
      expect(ordered(begun.pieces).map(({ item }) => said(item.criterion))).toEqual(CRITERIA.flatMap((criterion) => [criterion, criterion]))
    }
  })

  it('a talk has three lines', () => {
    for (const name of [...FEEDBACK, ...THREAD]) expect(['template-' + name, `${name}-1`, `${name}-2`, `${name}-3`].map((id) => say(id)).every((line) => line !== '')).toBe(true)
  })
})
