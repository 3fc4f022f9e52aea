// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi, type Mock } from 'vitest'
import { events } from '../src/data/events.svelte'
import { session } from '../src/data/session.svelte'
import { undo } from '../src/data/undo.svelte'
import type { FileStanding } from '../src/data/types'
import { said, type NamedFile } from '../src/edit/kinds'
import { blank } from '../src/edit/kinds/shape'
import { addItem, ordered, word } from '../src/edit/paths'
import { ago } from '../src/locale/dates'
import { SENDING_LIMIT } from '../src/files/limits'
import { Upload } from '../src/files/upload'
import { locale, t } from '../src/locale/locale.svelte'
import * as shelf from '../src/live/shelf'
import { addingsTo } from '../src/parts/files/adding.svelte'
import Files from '../src/parts/files/Files.svelte'
import Strays from '../src/parts/files/Strays.svelte'
import { nameOfFile, paceWords, showingOf, standingWords } from '../src/parts/files/words'
import { LiveCopy } from './live.svelte'
import { Copy, loadAutomerge } from './people'
import { heic, sample } from './samples'

class Live extends LiveCopy {
  readonly id = 'doc'
  readonly info = { kind: 'plan' }
  readonly signature = undefined
  readonly lastStep = undefined
  add(collection: string, given: Record<string, unknown>, shown: { id: string; item: unknown }[]): string {
    this.change((draft) => addItem(draft, [collection], 'new', blank('plan', collection, given), shown, shown.length))
    return 'new'
  }
}

const HASH = { photo: 'a'.repeat(64), small: 'b'.repeat(64), pdf: 'c'.repeat(64), film: 'd'.repeat(64) }
const standing = (hash: string, over: Partial<FileStanding> = {}): FileStanding => ({
  hash, part: 'content', named: true, state: 'here', size: 2_000_000, here: 2_000_000, rate: 0, seconds_left: null, from: [], held_up: null, holders: [], pinned: [], ...over,
})
const item = (name: string, hash: string, media_type: string, over: Record<string, unknown> = {}) => ({
  ...blank('plan', 'files', { at: word('judgements/j'), name, hash: word(hash), media_type: word(media_type), size: 2_000_000, ...over }),
})

let list: FileStanding[]
let acts: string[]
let views: Mock<() => void>
let refusal: string | undefined
let drawn: object | undefined
let target: HTMLElement

beforeAll(async () => {
  await loadAutomerge()
  await locale.use('en')
  await locale.rooms()
})
beforeEach(() => {
  Element.prototype.scrollIntoView = views = vi.fn<() => void>()
  ;[list, acts, refusal] = [[], [], undefined]
  document.body.replaceChildren()
  vi.stubGlobal('OffscreenCanvas', class {})
  vi.stubGlobal('fetch', (address: string, { method, body }: { method: string; body?: string }) => {
    if (method === 'POST' && body) {
      acts.push(`${address.split('/').at(-1)?.slice(0, 1)} ${JSON.parse(body).action}`)
      return Promise.resolve(new Response(null, { status: 204 }))
    }
    if (refusal) return Promise.resolve(Response.json({ error: { code: refusal, args: {} } }, { status: 500 }))
    return Promise.resolve(Response.json(list))
  })
})
afterEach(() => {
  if (drawn) void unmount(drawn)
  drawn = undefined
  session.forgetsFiles()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function show(files: Record<string, unknown> | undefined, over: object = {}, may: 'write' | 'look' = 'write'): { copy: Copy; live: Live } {
  const copy = new Copy(A.from({ kind: word('plan'), schema: 3, title: '', language: word(''), ...(files ? { files } : {}) } as never))
  const live = Object.assign(new Live(copy), over)
  target = document.body.appendChild(document.createElement('section'))
  drawn = mount(Files, { target, props: { live: live.asDocument(), at: 'judgements/j', name: 'Culture', may } })
  flushSync()
  return { copy, live }
}
const find = <T extends HTMLElement = HTMLElement>(testid: string): T | null => target.querySelector<T>(`[data-testid="${testid}"]`)
const plain = (words: string | null) => (words ?? '').replaceAll('\u00a0', ' ')
const told = () => [...target.querySelectorAll('[data-testid="file-told"]')].map((each) => plain(each.textContent))
const answered = async () => {
  await vi.waitFor(() => expect(target.querySelector('[data-state="unknown"]')).toBeNull())
  flushSync()
}
/** What a screen reader calls what takes keys. */
const unnamed = () => [...target.querySelectorAll('button, a, progress')].filter((each) => !each.getAttribute('aria-label')?.trim() && !each.textContent?.trim())

describe('the files at something', () => {
  it('are shown with where they are, and each thing to do has a name', async () => {
    list = [
      standing(HASH.photo, { size: 400 << 10 }),
      standing(HASH.small, { part: 'thumbnail', size: 20_000 }),
      standing(HASH.pdf, { state: 'coming', size: 1_000, here: 250, rate: 2_048, seconds_left: 90, from: ['School 12'] }),
      standing(HASH.film, { state: 'away', holders: [{ school: 'School 7', whole: true, at: 1_000 }, { school: 'School 9', whole: false, at: 2_000 }] }),
    ]
    show({
      a: item('Lesson.jpg', HASH.photo, 'image/jpeg', { order: word('a0'), thumbnail: word(HASH.small), width: 40, height: 30 }),
      b: item('Report.pdf', HASH.pdf, 'application/pdf', { order: word('a1') }),
      c: item('Film.mp4', HASH.film, 'video/mp4', { order: word('a2') }),
      d: item('Elsewhere.txt', HASH.film, 'text/plain', { at: word('judgements/k') }),
    })
    await answered()
    expect(told()).toEqual(['400 KB', '1 KB · 25% has come · 2 KB a second, about 2 minutes left · from: School 12', `1.9 MB · Not on our school computer. Had it last: School 7, ${plain(ago(1_000))}`])
    expect(find('show-file')?.getAttribute('aria-label')).toBe('Show: Lesson.jpg')
    expect(target.querySelector('img')?.getAttribute('src')).toBe(`/api/v1/documents/doc/files/${HASH.small}`)
    expect(find('save-file')?.getAttribute('href')).toBe(`/api/v1/documents/doc/files/${HASH.photo}?save=Lesson.jpg`)
    expect(target.querySelector('progress')?.getAttribute('aria-label')).toBe('On its way: Report.pdf')
    expect(unnamed()).toEqual([])
  })

  it('are fetched, paused, gone on with and given up', async () => {
    list = [standing(HASH.film, { state: 'away' })]
    show({ c: item('Film.mp4', HASH.film, 'video/mp4') })
    await answered()
    for (const [button, state, next] of [['fetch-file', 'wanted', 'pause-file'], ['pause-file', 'paused', 'go-on-file'], ['go-on-file', 'wanted', 'cancel-file'], ['cancel-file', 'away', 'fetch-file']] as const) {
      list = [standing(HASH.film, { state })]
      find<HTMLButtonElement>(button)?.click()
      await vi.waitFor(() => expect(find(next)).not.toBeNull())
    }
    expect(acts).toEqual(['d want', 'd pause', 'd want', 'd cancel'])
  })

  it('are removed so that they can be put back', async () => {
    list = [standing(HASH.pdf)]
    const { copy } = show({ b: item('Report.pdf', HASH.pdf, 'application/pdf') })
    await answered()
    find<HTMLButtonElement>('row-menu')?.click()
    flushSync()
    find<HTMLButtonElement>('remove-file')?.click()
    flushSync()
    const files = () => ordered((copy.doc() as { files: Record<string, NamedFile> }).files)
    expect([files(), find('file')]).toEqual([[], null])
    expect(undo.offer?.words).toBe('Removed: Report.pdf')
    undo.take()
    flushSync()
    expect(files()).toHaveLength(1)
  })

  it('are read where nothing may be written, and cannot be added there or in a document from before', async () => {
    list = [standing(HASH.pdf)]
    show({ b: item('Report.pdf', HASH.pdf, 'application/pdf') }, { writable: false })
    await answered()
    expect(find('show-file')?.getAttribute('aria-label')).toBe('Show: Report.pdf')
    expect([find('add-files'), find('row-menu')]).toEqual([null, null])
    if (drawn) await unmount(drawn)
    show({}, { writable: false })
    expect(find('files'), 'nothing to read').toBeNull()
    if (drawn) await unmount(drawn)
    show(undefined)
    expect(find('files'), 'not grown yet').toBeNull()
    if (drawn) await unmount(drawn)
    show({})
    expect(find('add-files')?.getAttribute('aria-label')).toBe('Add files: Culture')
  })

  it('of others are read and changed by nobody else, who writes the document all the same', async () => {
    list = [standing(HASH.pdf)]
    show({ b: item('Report.pdf', HASH.pdf, 'application/pdf', { note: 'The second page' }) }, {}, 'look')
    await answered()
    expect([find('add-files'), find('row-menu'), target.querySelector('textarea')]).toEqual([null, null, null])
    expect(target.textContent).toContain('The second page')
    expect(find('save-file')).not.toBeNull()
    if (drawn) await unmount(drawn)
    show({}, {}, 'look')
    expect(find('files'), 'nothing to read').toBeNull()
  })

  it('say so when the node refuses to tell where they are, and go on when it does', async () => {
    list = [standing(HASH.pdf)]
    refusal = 'store_failed'
    show({ b: item('Report.pdf', HASH.pdf, 'application/pdf') })
    await vi.waitFor(() => expect(find('files-unanswered')?.textContent).toContain(t('error-store-failed')))
    refusal = undefined
    await vi.waitFor(() => expect(target.querySelector('[data-state="here"]')).not.toBeNull(), { timeout: 10_000 })
    expect(find('files-unanswered')).toBeNull()
  })

  it('that nobody has say so, with who had them last and when', async () => {
    const at = Date.now() - 3 * 86_400_000
    const holders = [{ school: 'School 7', whole: false, at: Date.now() }, { school: 'School 12', whole: true, at }]
    list = [standing(HASH.pdf, { state: 'wanted', here: 0, held_up: 'nobody_has_it', holders })]
    show({ b: item('Report.pdf', HASH.pdf, 'application/pdf') })
    await answered()
    expect(told()[0]).toContain(plain(t('files-held-nobody-has-it')))
    expect(told()[0]).toContain(plain(t('files-had', { school: 'School 12', when: ago(at) })))
    if (drawn) await unmount(drawn)
    list = [standing(HASH.pdf, { state: 'wanted', here: 0, held_up: 'nobody_has_it' })]
    show({ b: item('Report.pdf', HASH.pdf, 'application/pdf', { school: 'School 3', at_ms: at }) })
    await answered()
    expect(told()[0], 'nobody was heard of: where it was added').toContain(plain(t('files-had-added', { school: 'School 3', when: ago(at) })))
  })

  it('are shown as pictures in a dialog, with what is to be seen and who added them', async () => {
    HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
      this.open = true
    }
    list = [standing(HASH.photo)]
    show({ a: item('Lesson.jpg', HASH.photo, 'image/jpeg', { width: 40, height: 30, note: 'Pupils ask', by: 'Serik', school: 'School 12' }) })
    await answered()
    find<HTMLButtonElement>('show-file')?.click()
    flushSync()
    const picture = find<HTMLImageElement>('picture')
    expect([picture?.alt, picture?.getAttribute('src')]).toEqual(['Pupils ask', `/api/v1/documents/doc/files/${HASH.photo}`])
    expect(target.querySelector('dialog')?.textContent).toContain('added by Serik, School 12')
    picture?.dispatchEvent(new Event('error'))
    flushSync()
    expect(target.querySelector('dialog [role="alert"]')?.textContent).toBe(t('files-picture-failed'))
    expect(find('save-picture')?.getAttribute('href')).toContain('?save=Lesson.jpg')
    expect([...target.querySelectorAll('ul > *')].every((each) => each.tagName === 'LI')).toBe(true)
  })

  it('that can be shown are looked at one after the other, and the others are passed over', async () => {
    HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
      this.open = true
    }
    const opened: (() => void)[] = []
    vi.spyOn(events, 'onOpen').mockImplementation((ask) => {
      opened.push(ask)
      return () => {}
    })
    const HELD = { away: 'e'.repeat(64), archive: 'f'.repeat(64) }
    list = [standing(HASH.photo), standing(HELD.archive), standing(HASH.film), standing(HELD.away, { state: 'away' }), standing(HASH.small)]
    show({
      a: item('First.jpg', HASH.photo, 'image/jpeg', { order: word('a0'), width: 40, height: 30 }),
      b: item('Archive.zip', HELD.archive, 'application/zip', { order: word('a1') }),
      c: item('Away.jpg', HELD.away, 'image/jpeg', { order: word('a2'), width: 40, height: 30 }),
      d: item('Film.mp4', HASH.film, 'video/mp4', { order: word('a3') }),
      e: item('Last.jpg', HASH.small, 'image/jpeg', { order: word('a4'), width: 40, height: 30 }),
    })
    await answered()
    target.querySelectorAll<HTMLButtonElement>('[data-testid="show-file"]')[1]?.click()
    flushSync()
    const seen = () => [target.querySelector('dialog h2')?.textContent, find('file-number')?.textContent]
    const press = (testid: string) => {
      find<HTMLButtonElement>(testid)?.click()
      flushSync()
    }
    expect([seen(), find('film') !== null]).toEqual([['Film.mp4', '2 of 3'], true])
    find('film')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    flushSync()
    expect(seen(), 'a film has a use of its own for the arrows').toEqual(['Film.mp4', '2 of 3'])
    press('next-file')
    expect([seen(), find('next-file')?.getAttribute('aria-disabled')]).toEqual([['Last.jpg', '3 of 3'], 'true'])
    find('picture')?.dispatchEvent(new Event('error'))
    press('next-file')
    expect([seen(), find('preview-failed') !== null], 'there is none behind it').toEqual([['Last.jpg', '3 of 3'], true])
    for (const ask of opened) ask()
    flushSync()
    expect([find('preview-failed'), find('picture') !== null], 'the node answers again').toEqual([null, true])
    find('picture')?.dispatchEvent(new Event('error'))
    flushSync()
    for (const key of ['ArrowLeft', 'ArrowLeft']) window.dispatchEvent(new KeyboardEvent('keydown', { key }))
    flushSync()
    expect([seen(), find('preview-failed')], 'and what could not be shown was the other').toEqual([['First.jpg', '1 of 3'], null])
    expect(find('save-picture')?.getAttribute('href')).toContain(`${HASH.photo}?save=First.jpg`)
  })

  /** Photos let go of over what the strip stands at, in a browser that decodes them. */
  function drop(...names: string[]) {
    class Canvas {
      getContext = () => ({ fillRect: () => {}, drawImage: () => {} })
      convertToBlob = () => Promise.resolve(new Blob([new Uint8Array(5)], { type: 'image/jpeg' }))
    }
    vi.stubGlobal('OffscreenCanvas', Canvas)
    vi.stubGlobal('createImageBitmap', () => Promise.resolve({ width: 4_000, height: 3_000, close: () => {} }))
    const files = names.map((name) => new File([name.endsWith('.heic') ? heic() : sample('turned.jpg')], name))
    target.dispatchEvent(Object.assign(new Event('drop', { bubbles: true, cancelable: true }), { dataTransfer: { types: ['Files'], files } }))
  }

  it('ask how a photo is sent in view and with the focus, once', async () => {
    show({})
    drop('a.jpg')
    await vi.waitFor(() => expect(document.activeElement).toBe(find('photo-choice')))
    expect([views.mock.contexts, find('photo-choice-told')?.textContent]).toEqual([[find('photo-choice')], ''])
    if (drawn) void unmount(drawn)
    show({})
    expect([find('photo-choice') === null, document.activeElement === document.body, views.mock.calls.length], 'it is there again, and takes nothing').toEqual([false, true, 1])
  })

  it('let whoever writes write on, and tell them that there is a question', async () => {
    show({})
    const field = target.appendChild(document.createElement('textarea'))
    field.focus()
    drop('a.jpg')
    await vi.waitFor(() => expect(find('photo-choice-told')?.textContent).toBe('How shall the photo be sent?'))
    expect([document.activeElement === field, views.mock.calls.length]).toEqual([true, 1])
  })

  it('ask in view what is to become of a photo that cannot be cleared of its place', async () => {
    show({})
    drop('a.heic')
    vi.stubGlobal('createImageBitmap', () => Promise.reject(new DOMException('no', 'InvalidStateError')))
    await vi.waitFor(() => expect(document.activeElement).toBe(find('why-not')))
    expect(views.mock.contexts).toEqual([find('why-not')])
  })

  it('on their way stay in sight when nothing may be written any more', async () => {
    const { live } = show({})
    drop('a.jpg')
    await vi.waitFor(() => expect(find('photo-choice')).not.toBeNull())
    void unmount(drawn ?? {})
    drawn = mount(Files, { target, props: { live: Object.assign(live, { writable: false }).asDocument(), at: 'judgements/j', name: 'Culture' } })
    flushSync()
    expect([find('add-files'), find('photo-choice') !== null]).toEqual([null, true])
  })

  it('ask where they are hidden only once they are seen', async () => {
    let sees: (() => void) | undefined
    vi.stubGlobal('ResizeObserver', class {
      constructor(saw: () => void) {
        sees = saw
      }
      observe() {}
      disconnect() {}
    })
    let isSeen = false
    HTMLElement.prototype.checkVisibility = () => isSeen
    show({})
    drop('a.jpg')
    await vi.waitFor(() => expect(find('photo-choice-told')?.textContent).toBe('How shall the photo be sent?'))
    expect([views.mock.calls.length, document.activeElement === document.body]).toEqual([0, true])
    isSeen = true
    sees?.()
    expect([views.mock.calls.length, document.activeElement]).toEqual([1, find('photo-choice')])
    Reflect.deleteProperty(HTMLElement.prototype, 'checkVisibility')
  })

  it('tell of a photo that went smaller though nobody has said so', async () => {
    const addings = addingsTo(show({}).live.asDocument())
    expect(find('only-smaller')).toBeNull()
    addings.onlySmaller = [{ at: 'judgements/j', name: 'a.jpg' }, { at: 'judgements/other', name: 'b.jpg' }]
    flushSync()
    expect(find('only-smaller')?.textContent).toBe('Sent smaller: a.jpg. The place could be taken out in no other way.')
  })

  it('say how many more follow than are on their way at once', () => {
    show({})
    drop(...Array.from({ length: SENDING_LIMIT + 2 }, (_, number) => `${number}.jpg`))
    flushSync()
    expect([target.querySelectorAll('[data-testid="sending"]').length, find('rest')?.textContent]).toEqual([SENDING_LIMIT, '2 more files wait their turn.'])
    find<HTMLButtonElement>('cancel-sending')?.click()
    flushSync()
    expect([target.querySelectorAll('[data-testid="sending"]').length, find('rest')?.textContent]).toEqual([SENDING_LIMIT, '1 more file waits its turn.'])
  })

  it('that are many leave what comes after them in reach, until somebody wants them all, adds one or prints', async () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}`, item(`${at}.pdf`, HASH.pdf, 'application/pdf', { order: word(`a${String.fromCharCode(65 + at)}`) })]))
    show(many)
    const rows = () => target.querySelectorAll('[data-testid="file"]').length
    expect([rows(), find('all-files')?.textContent]).toEqual([12, 'Show all 20 files'])
    find('all-files')?.click()
    await vi.waitFor(() => expect(rows()).toBe(20))
    await vi.waitFor(() => expect(document.activeElement?.closest('li')).toBe(target.querySelectorAll('[data-testid="file"]')[12]))
    expect(find('all-files')).toBeNull()
    void unmount(drawn ?? {})
    target.remove()
    show(many)
    window.dispatchEvent(new Event('beforeprint'))
    expect(rows()).toBe(20)
  })

  it('that are on their way to what is gone are asked about where the document begins, and go to the whole of it', async () => {
    const { copy, live } = show({})
    expect(copy.doc()).not.toHaveProperty('judgements.j')
    vi.spyOn(shelf, 'take').mockResolvedValue(live.asDocument() as never)
    vi.spyOn(shelf, 'giveBack').mockReturnValue(undefined)
    vi.spyOn(Upload.prototype, 'send').mockResolvedValue({ hash: HASH.pdf, media_type: 'text/plain', length: 5 })
    const addings = addingsTo(live.asDocument())
    addings.add('judgements/j', [new File(['words'], 'notes.txt')])
    await vi.waitFor(() => expect(addings.all[0]?.error).toMatchObject({ code: 'place_gone' }))
    void unmount(drawn ?? {})
    drawn = mount(Strays, { target, props: { live: live.asDocument() } })
    flushSync()
    expect(find('strays')?.textContent).toMatch(/A file has lost its place.*in this tab alone/s)
    expect(find('sending')?.textContent).toContain('notes.txt')
    find<HTMLButtonElement>('strays-whole')?.click()
    await vi.waitFor(() => expect(addings.all).toEqual([]))
    flushSync()
    expect(find('strays')).toBeNull()
    expect(ordered<NamedFile>((copy.doc() as { files?: Record<string, NamedFile> }).files).map(({ item: { name, at } }) => [name, said(at)])).toEqual([['notes.txt', '']])
  })

  it('wait for a word how photos are sent: all that were chosen together, smaller unless somebody says otherwise', async () => {
    show({})
    drop('a.jpg', 'b.jpg')
    await vi.waitFor(() => expect(find('photo-choice')?.textContent).toContain('How shall 2 photos be sent?'))
    expect(find<HTMLInputElement>('how-smaller')?.checked).toBe(true)
    expect(find('photo-choice')?.textContent).toMatch(/smaller \(.+\).*as it is \(.+, without place\)/s)
    const names = () => [...target.querySelectorAll('[data-testid="leave-photo"]')].map((each) => each.getAttribute('aria-label'))
    expect(names(), 'which ones').toEqual(['Leave out: a.jpg', 'Leave out: b.jpg'])
    find<HTMLButtonElement>('leave-photo')?.click()
    flushSync()
    expect([find('photo-choice')?.textContent, names()], 'the other one still waits').toEqual([expect.stringContaining('How shall the photo be sent?'), []])
    find<HTMLButtonElement>('leave-photos')?.click()
    flushSync()
    expect([find('photo-choice'), find('sending')]).toEqual([null, null])
  })

  it('take a picture that is pasted into what they stand at, and leave words to the field', () => {
    show({})
    const field = target.appendChild(document.createElement('textarea'))
    const paste = (types: string[]) => {
      const event = Object.assign(new Event('paste', { bubbles: true, cancelable: true }), { clipboardData: { types, files: [new File(['x'], 'image.png')] } })
      field.dispatchEvent(event)
      flushSync()
      return event.defaultPrevented
    }
    expect(paste(['text/plain', 'Files'])).toBe(false)
    expect(find('sending')).toBeNull()
    expect(paste(['Files'])).toBe(true)
    expect(find('sending')?.textContent).toContain('image.png')
    find<HTMLButtonElement>('cancel-sending')?.click()
    flushSync()
    expect(find('sending')).toBeNull()
  })
})

describe('a file', () => {
  const named = (name: string, media_type: string, over: Partial<NamedFile> = {}) => ({ name, media_type, width: 0, height: 0, ...over }) as NamedFile

  it('is shown and saved under a name that is safe, by what it is said to be', () => {
    expect(nameOfFile(named('../../photo.jpg', 'text/html'))).toBe('_.._photo.jpg.txt')
    expect(nameOfFile(named('Сабақ.jpg', 'image/jpeg'))).toBe('Сабақ.jpg')
    expect(nameOfFile(named('notes.csv', 'text/plain; charset=utf-8'))).toBe('notes.csv')
    for (const type of ['constructor', '__proto__', '', 'image/bmp']) expect(nameOfFile(named('run.exe', type)), type).toBe('run.exe.bin')
    expect(nameOfFile(named('', 'image/jpeg'))).toBe('No title yet.jpg')
  })

  it('is shown in the page only as a picture of a size that a phone can hold', () => {
    expect(showingOf(named('', 'image/jpeg', { width: 40, height: 30 }))).toBe('picture')
    for (const [type, width] of [['image/jpeg', 0], ['image/jpeg', 60_000], ['image/svg+xml', 40], ['image/heic', 40]] as const) expect(showingOf(named('', type, { width, height: 6_000 })), type).toBe('none')
    for (const [type, showing] of [['application/pdf', 'pdf'], ['text/plain; charset=utf-8', 'text'], ['video/mp4', 'film'], ['audio/mpeg', 'sound'], ['text/html', 'none'], ['application/zip', 'none']] as const) expect(showingOf(named('', type)), type).toBe(showing)
    // A text in an older encoding is known by its name alone.
    expect([showingOf(named('Тізім.csv', 'application/octet-stream')), showingOf(named('Тізім.bin', 'application/octet-stream'))]).toEqual(['text', 'none'])
  })

  it('of pages is saved where the browser cannot draw them in a worker', () => {
    expect(showingOf(named('', 'application/pdf'))).toBe('pdf')
    vi.stubGlobal('OffscreenCanvas', undefined)
    expect([showingOf(named('', 'application/pdf')), showingOf(named('', 'text/plain'))]).toEqual(['none', 'text'])
  })

  it('says in words that nobody has it, and who had it last', () => {
    const away = standing('x', { state: 'wanted', held_up: 'nobody_has_it', holders: [{ school: 'School 9', whole: false, at: 3_000 }, { school: 'School 7', whole: true, at: 2_000 }] })
    expect(standingWords(away)).toBe(`${t('files-held-nobody-has-it')} ${t('files-had', { school: 'School 7', when: ago(2_000) })}`)
    expect(standingWords({ ...away, holders: [] })).toBe(`${t('files-held-nobody-has-it')} ${t('files-had-nobody')}`)
    expect(standingWords({ ...away, held_up: 'no_room' })).toBe(t('files-held-no-room'))
    expect([standingWords(standing('x')), standingWords(undefined)]).toEqual(['', ''])
  })

  it('tells its pace once there is one', () => {
    expect([paceWords(0, null), paceWords(3 << 20, 5), paceWords(1_024, 7_300)].map(plain)).toEqual(['', '3 MB a second, 5 seconds left', '1 KB a second, about 3 hours left'])
  })
})
