import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as A from '@automerge/automerge/slim'
import { FluentBundle, FluentResource } from '@fluent/bundle'
import { beforeAll, describe, expect, it } from 'vitest'
import { PATTERNS, said, type Notebook } from '../src/edit/kinds'
import { ordered } from '../src/edit/order'
import { word } from '../src/edit/paths'
import { apply, isFresh, isGuide, stepsOf } from '../src/screens/notebook/patterns'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const LOCALES = join(import.meta.dirname, '../../locales')
const say = (language: string) => {
  const bundle = new FluentBundle(language)
  for (const file of readdirSync(join(LOCALES, language))) bundle.addResource(new FluentResource(readFileSync(join(LOCALES, language, file), 'utf8')))
  return (id: string) => {
    const message = bundle.getMessage(id)
    return message?.value ? bundle.formatPattern(message.value) : id
  }
}
const fresh = () => A.from({ kind: word('notebook'), pattern: word('project'), steps: {}, entries: {}, closing: '' } as unknown as Notebook & Record<string, unknown>) as A.Doc<Notebook>

describe('a pattern of a notebook', () => {
  it.each(PATTERNS)('%s has its name, steps and guidance in all three languages', (pattern) => {
    for (const language of ['kk', 'ru', 'en']) {
      const words = say(language)
      for (const id of [`pattern-${pattern}`, `pattern-${pattern}-what`, ...stepsOf(pattern).flatMap((step) => [`step-${step}`, `guide-${step}`])]) expect(words(id), `${id} in ${language}`).not.toBe(id)
    }
  })

  it('writes its steps in order in the language of the document, and names the guidance without writing it', () => {
    const words = say('kk')
    const notebook = A.change(fresh(), (draft) => apply(draft, 'enquiry', words))
    expect(said(notebook.pattern)).toBe('enquiry')
    const steps = ordered(notebook.steps).map(({ item }) => item)
    expect(steps.map(({ guide }) => said(guide))).toEqual([...stepsOf('enquiry')])
    expect(steps.map(({ title }) => title)).toEqual(stepsOf('enquiry').map((step) => words(`step-${step}`)))
    expect(JSON.stringify(notebook)).not.toContain(words('guide-enquiry-plan').slice(0, 20))
    for (const { title, text } of steps) expect([typeof title, typeof text], 'both are texts that merge').toEqual(['string', 'string'])
  })

  it("of one's own begins with one step without a name", () => {
    const notebook = A.change(fresh(), (draft) => apply(draft, 'own', (id) => id))
    expect(ordered(notebook.steps).map(({ item }) => [item.title, said(item.guide)])).toEqual([['', '']])
  })

  it('can be chosen only while nothing is written', () => {
    expect(isFresh(fresh())).toBe(true)
    expect(isFresh(A.change(fresh(), (draft) => apply(draft, 'own', (id) => id)))).toBe(false)
  })

  it('of a newer program shows no guidance rather than the name of it', () => {
    expect(isGuide('enquiry-plan')).toBe(true)
    expect(isGuide('enquiry-dream')).toBe(false)
  })
})
