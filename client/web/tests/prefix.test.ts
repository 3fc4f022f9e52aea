import { expect, it } from 'vitest'
import { actorPrefix, prefixOf } from '../src/history/prefix'

it('the actors of a node begin with a hash of its key, as the node computes it', () => {
  const prefix = actorPrefix('113288ca69e733e6f829637de9ace0bab7dd17ebea3d1205cf253b66792987b9')
  expect(prefix).toBe('176bd97631cb9360')
  expect(prefixOf('176bd97631cb9360d328b6ccc3b6c73100')).toBe(prefix)
})

it('what is no node has no prefix, nor has an actor that no node gave out', () => {
  expect(actorPrefix('')).toBeUndefined()
  expect(actorPrefix(`${'11'.repeat(31)}zz`)).toBeUndefined()
  expect(prefixOf('176bd97631cb9360d328b6ccc3b6c731')).toBeUndefined()
})
