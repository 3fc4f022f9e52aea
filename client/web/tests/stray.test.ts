// @vitest-environment jsdom
import { beforeAll, expect, it } from 'vitest'
import { keepPage } from '../src/files/stray'

beforeAll(keepPage)

function drop(type: 'dragover' | 'drop', types: string[], at: Element): boolean {
  const event = new Event(type, { bubbles: true, cancelable: true })
  Object.assign(event, { dataTransfer: { types, dropEffect: 'copy' } })
  return !at.dispatchEvent(event)
}

it('a file that is let go of where nothing takes it does not take the place of the page', () => {
  const place = document.body.appendChild(document.createElement('p'))
  expect([drop('dragover', ['Files'], place), drop('drop', ['Files'], place)]).toEqual([true, true])
  expect(drop('drop', ['text/plain'], place), 'words go where they are let go of').toBe(false)
  let effect = ''
  place.addEventListener('dragover', (event) => {
    event.preventDefault()
    effect = event.dataTransfer?.dropEffect ?? ''
  })
  drop('dragover', ['Files'], place)
  expect(effect, 'what takes it says how').toBe('copy')
})
