// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { setWord, word } from '../src/edit/paths'
import { day } from '../src/locale/dates'
import { locale, t } from '../src/locale/locale.svelte'
import DateField from '../src/parts/DateField.svelte'
import { LiveCopy } from './live.svelte'
import { Copy, loadAutomerge } from './people'

beforeAll(async () => {
  await loadAutomerge()
  await locale.use('en')
})
let drawn: object | undefined
afterEach(() => drawn && void unmount(drawn))

it('an end before its beginning is told at the field, until one of the two is another', () => {
  const copy = new Copy(A.from({ kind: word('plan'), schema: 2, title: '', period: { from: word('2026-09-01'), to: word('2026-05-25') } } as never))
  const target = document.body.appendChild(document.createElement('div'))
  drawn = mount(DateField, { target, props: { live: new LiveCopy(copy).asDocument(), path: ['period', 'to'], begins: ['period', 'from'], label: 'End' } })
  flushSync()
  const told = () => document.getElementById(target.querySelector('input')?.getAttribute('aria-describedby') ?? '')?.textContent
  expect(told()).toBe(t('date-backwards', { from: day('2026-09-01') }))
  copy.change((draft) => setWord(draft, ['period', 'to'], '2027-05-25'))
  flushSync()
  expect(told()).toBeUndefined()
  copy.change((draft) => setWord(draft, ['period', 'from'], ''))
  flushSync()
  expect(told()).toBeUndefined()
})
