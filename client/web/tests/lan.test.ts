import { expect, it } from 'vitest'
import { lanAddresses, opensHereOnly } from '../src/data/lan'

it('a phone in the room is given the addresses under which it can find the page, each once', () => {
  const told = ['/ip4/127.0.0.1/udp/4001/quic-v1', '/ip4/192.168.1.7/udp/4001/quic-v1', '/ip4/192.168.1.7/tcp/4001', '/ip4/169.254.8.8/tcp/4001', '/ip6/fe80::1/tcp/4001', '/dns4/x/tcp/1']
  expect(lanAddresses(told)).toEqual(['192.168.1.7'])
  expect(['localhost', 'birlik.localhost', '127.0.0.1', '[::1]', '192.168.1.7', 'mektep'].map(opensHereOnly)).toEqual([true, true, true, true, false, false])
})
