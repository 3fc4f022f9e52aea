import { expect, it } from 'vitest'
import { opensHereOnly } from '../src/data/lan'

it('an address that means the device itself is no address for a phone', () => {
  expect(['localhost', 'birlik.localhost', '127.0.0.1', '[::1]', '192.168.1.7', 'mektep'].map(opensHereOnly)).toEqual([true, true, true, true, false, false])
})
