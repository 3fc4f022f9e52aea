// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listing } from '../src/data/listing.svelte'
import type { DocumentInfo, Kind } from '../src/data/types'
import type { Library } from '../src/edit/kinds'
import { word } from '../src/edit/paths'
import { Uses } from '../src/screens/library/uses.svelte'
import { NO_FACTS } from './nofacts'

const info = (id: string, kind: Kind, changed_at: number, about = ''): DocumentInfo => ({
  facts: { ...NO_FACTS, about }, id, space: 's', state: 'here', kind, title: id, owner: { id: 's1', name: '' }, write_rule: 'owner', can_write: true, changed_at, reached: 1, of: 1, waiting: 0,
})
const library = { files: { f: { at: word('materials/m'), hash: word('aa') }, g: { at: word('materials/n'), hash: word('bb') } } } as unknown as Library

let asked: string[]
let contents: Record<string, unknown>

beforeEach(() => {
  asked = []
  contents = { notebook: { evidence: { e: { link: 'lib/materials/m' } } }, other: { materials: { x: { link: 'lib' } } } }
  listing.documents = [info('lib', 'library', 9), info('plan', 'plan', 1), info('notebook', 'notebook', 2), info('other', 'library', 3), info('talk', 'thread', 4, 'lib/materials/n'), info('remarks', 'companion', 5, 'lib')]
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address)
    const id = /documents\/([^/]+)\/content$/.exec(address)?.[1]
    if (id === undefined) return Promise.resolve(Response.json([{ hash: 'aa', documents: ['plan'] }]))
    return Promise.resolve(contents[id] ? Response.json({ heads: [], content: contents[id] }) : Response.json({ error: { code: 'unknown_document' } }, { status: 404 }))
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  listing.documents = undefined
})

const ids = (documents: DocumentInfo[]) => documents.map(({ id }) => id)

describe('where a library is used', () => {
  it('is where its files stand, where something links to a material, and what is said about one', async () => {
    const uses = new Uses('lib')
    expect([uses.state, asked]).toEqual(['unasked', []])
    await uses.look()
    expect([ids(uses.of(library, 'm')), ids(uses.of(library, 'n')), ids(uses.ofAll)]).toEqual([['notebook', 'plan'], ['talk'], ['other']])
    expect(asked.filter((address) => address.includes('plan')), 'a plan has no links').toEqual([])
  })

  it('is not asked of more documents than one waits for, and says how many are left', async () => {
    listing.documents = [...(listing.documents ?? []), ...Array.from({ length: 100 }, (_, at) => info(`n${at}`, 'notebook', 100 + at))]
    const uses = new Uses('lib')
    await uses.look()
    expect([uses.state, uses.beyond, asked.filter((address) => address.endsWith('/content')).length]).toEqual(['known', 42, 60])
  })

  it('says why it is not known, and is asked again', async () => {
    const uses = new Uses('lib')
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    await uses.look()
    expect([uses.state, uses.error]).toEqual(['looking', expect.objectContaining({ code: 'node_unreachable' })])
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json([])))
    await uses.look()
    expect([uses.state, uses.error]).toEqual(['known', undefined])
  })
})
