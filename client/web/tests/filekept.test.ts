// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { session } from '../src/data/session.svelte'
import type { FileStanding, Me, Role } from '../src/data/types'
import { blank } from '../src/edit/kinds/shape'
import { word } from '../src/edit/paths'
import { locale, t } from '../src/locale/locale.svelte'
import Files from '../src/parts/files/Files.svelte'
import KeepDocument from '../src/parts/files/KeepDocument.svelte'
import { LiveCopy } from './live.svelte'
import { Copy, loadAutomerge } from './people'

const HASH = 'a'.repeat(64)
const standing: FileStanding = {
  hash: HASH, part: 'content', named: true, state: 'here', size: 2_000_000, here: 2_000_000, rate: 0, seconds_left: null, from: [], held_up: null, holders: [], pinned: [],
}

let list: FileStanding[]
let acts: string[]
let isLast: boolean
let drawn: object | undefined
let target: HTMLElement

beforeAll(async () => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true
  }
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
    this.open = false
  }
  await loadAutomerge()
  await locale.use('en')
  await locale.rooms()
})
beforeEach(() => {
  ;[list, acts, isLast] = [[standing], [], true]
  document.body.replaceChildren()
  vi.stubGlobal('fetch', (address: string, { method, body }: { method: string; body?: string }) => {
    if (method === 'GET') return Promise.resolve(Response.json(list))
    const asked = JSON.parse(body ?? '{}')
    acts.push(`${method} ${address.replace('/api/v1/', '').split('/')[0]} ${JSON.stringify(asked)}`)
    const refused = isLast && asked.even_the_last === false
    return Promise.resolve(refused ? Response.json({ error: { code: 'last_copy' } }, { status: 409 }) : new Response(null, { status: 204 }))
  })
})
afterEach(() => {
  if (drawn) void unmount(drawn)
  drawn = session.me = undefined
  vi.unstubAllGlobals()
})

function signIn(role: Role | 'guest') {
  const me: Me = { person: { id: 'p', name: 'Айгүл', login: 'a', role: role as Role, language: 'en' }, school: { id: 's', name: 'Бірлік' }, reference: 's/p', actor: '00' }
  session.me = role === 'guest' ? { ...me, guest: { document: 'doc', school: 'Тұлпар', ends: 1 } } : me
}

async function show(part: typeof Files | typeof KeepDocument, over: object = {}) {
  const file = blank('plan', 'files', { at: word('judgements/j'), name: 'Film.mp4', hash: word(HASH), media_type: word('video/mp4'), size: 2_000_000 })
  const copy = new Copy(A.from({ kind: word('plan'), schema: 3, title: '', language: word(''), files: { a: file } } as never))
  const live = Object.assign(new LiveCopy(copy), { id: 'doc', info: { kind: 'plan' } }, over).asDocument()
  target = document.body.appendChild(document.createElement('section'))
  drawn = mount(part as typeof Files, { target, props: { live, at: 'judgements/j', name: 'Culture' } })
  await vi.waitFor(() => expect(target.querySelector('[data-state="unknown"]') ?? (part === KeepDocument && session.creates && !find('keep-document') ? target : null)).toBeNull())
  flushSync()
}
const find = <T extends HTMLElement = HTMLElement>(testid: string): T | null => document.querySelector<T>(`[data-testid="${testid}"]`)
const press = (testid: string) => {
  find<HTMLButtonElement>(testid)?.click()
  flushSync()
}
const menu = () => {
  press('row-menu')
  return ['rename-file', 'pin-file', 'unpin-file', 'let-go'].filter((each) => find(each))
}

describe('a file', () => {
  it('is kept by whoever writes for the school, and let go of by the head alone', async () => {
    const seen: Record<string, string[]> = {}
    for (const role of ['director', 'teacher', 'reader', 'guest'] as const) {
      signIn(role)
      await show(Files, { writable: role !== 'reader' })
      seen[role] = menu()
      if (drawn) await unmount(drawn)
      drawn = undefined
      document.body.replaceChildren()
    }
    expect(seen).toEqual({ director: ['rename-file', 'pin-file', 'let-go'], teacher: ['rename-file', 'pin-file'], reader: [], guest: ['rename-file'] })
  })

  it('is removed from the document by one act and from our computer by another, and they are told apart', async () => {
    signIn('director')
    await show(Files)
    await menu()
    const told = (testid: string) => ({ words: find(testid)?.textContent, drawn: find(testid)?.querySelector('path')?.getAttribute('d') })
    const [removes, deletes] = [told('remove-file'), told('let-go')]
    expect([removes.words, deletes.words]).toEqual(['Remove from this document', 'Delete our school’s copy'])
    const others = ['rename-file', 'pin-file'].map((testid) => told(testid).drawn)
    expect(new Set([removes.drawn, deletes.drawn, ...others]).size, 'each has a picture of its own').toBe(4)
  })

  it('that is kept in any case says so once, and is not let go of', async () => {
    list = [{ ...standing, pinned: ['file', 'document', 'kind'] }]
    signIn('director')
    await show(Files)
    expect(find('file-told')?.textContent).toMatch(/MB · kept in any case$/)
    expect(menu()).toEqual(['rename-file', 'unpin-file'])
    press('unpin-file')
    await vi.waitFor(() => expect(acts).toEqual([`DELETE pins {"blob":"${HASH}","document":"doc"}`]))
  })

  it('is fetched by nobody who only looks on as a guest', async () => {
    list = [{ ...standing, state: 'away', here: 0 }]
    for (const [writable, fetches] of [[false, false], [true, true]] as const) {
      signIn('guest')
      await show(Files, { writable })
      expect(find('fetch-file') !== null).toBe(fetches)
      if (drawn) await unmount(drawn)
      drawn = undefined
      document.body.replaceChildren()
    }
  })

  it('whose copy is the last is let go of only after that was said', async () => {
    signIn('director')
    await show(Files)
    menu()
    press('let-go')
    expect([find('let-go-dialog') !== null, find('last-copy')]).toEqual([true, null])
    press('let-go-do')
    await vi.waitFor(() => expect(find('last-copy')?.textContent).toContain(t('room-let-go-last')))
    await vi.waitFor(() => expect(document.activeElement, 'the same key once more lets go of nothing').toBe(find('let-go-not')))
    expect(find('last-copy')?.querySelector('a')?.getAttribute('href')).toContain(`files/${HASH}?save=Film.mp4`)
    press('let-go-not')
    expect(find('let-go-dialog')).toBeNull()

    menu()
    press('let-go')
    press('let-go-do')
    await vi.waitFor(() => expect(find('let-go-even')).not.toBeNull())
    press('let-go-even')
    await vi.waitFor(() => expect(find('let-go-dialog')).toBeNull())
    const said = (even: boolean) => `POST documents {"action":"let_go","even_the_last":${even}}`
    expect(acts).toEqual([said(false), said(false), said(true)])
  })

  it('that another school has is let go of without a warning', async () => {
    isLast = false
    signIn('director')
    await show(Files)
    menu()
    press('let-go')
    press('let-go-do')
    await vi.waitFor(() => expect(find('let-go-dialog')).toBeNull())
    expect([acts.length, find('last-copy')]).toEqual([1, null])
  })
})

describe('all files of a document', () => {
  it('are kept, and no longer', async () => {
    signIn('teacher')
    await show(KeepDocument)
    expect(find('keep-document')?.dataset['kept']).toBe('false')
    list = [{ ...standing, pinned: ['document'] }]
    press('keep-document-do')
    await vi.waitFor(() => expect(find('keep-document')?.dataset['kept']).toBe('true'))
    list = [standing]
    press('keep-document-do')
    await vi.waitFor(() => expect(find('keep-document')?.dataset['kept']).toBe('false'))
    expect(acts).toEqual(['PUT pins {"document":"doc"}', 'DELETE pins {"document":"doc"}'])
  })

  it('are not for those who may only read to keep', async () => {
    signIn('reader')
    await show(KeepDocument)
    expect(find('keep-document')).toBeNull()
  })
})
