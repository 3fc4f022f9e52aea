// The posts of a thread as they are read: each with the answers to it under it, in the order in which they were written.
import { hasHeads, view, type Doc, type Heads } from '@automerge/automerge/slim'
import { said, type Post, type Thread } from '../../../edit/kinds'
import type { Id, Placed } from '../../../edit/order'

export interface Turn extends Placed<Post> {
  /** The posts that answer this one, or answer one of those. */
  answers: Placed<Post>[]
}

/** An answer to what is not there any more stands by itself, never hidden; so does one that answers itself in a circle. */
export function turnsOf(posts: readonly Placed<Post>[]): Turn[] {
  const all = new Map(posts.map((post) => [post.id, post]))
  const turns = new Map<Id, Turn>()
  const rootOf = (post: Placed<Post>): Id => {
    const passed = new Set<Id>()
    let here = post
    for (;;) {
      const above = all.get(said(here.item.answers))
      if (!above || passed.has(above.id)) return passed.has(above?.id ?? '') ? post.id : here.id
      passed.add(here.id)
      here = above
    }
  }
  const roots = posts.map((post) => ({ post, root: rootOf(post) }))
  for (const { post, root } of roots) if (root === post.id) turns.set(post.id, { ...post, answers: [] })
  for (const { post, root } of roots) if (root !== post.id) turns.get(root)?.answers.push(post)
  return [...turns.values()]
}

/** Who wrote last, the latest first. */
export function lastHere(posts: readonly Placed<Post>[], most: number): Placed<Post>[] {
  const latest = new Map<string, Placed<Post>>()
  for (const post of posts) {
    const who = said(post.item.person) || post.item.name
    if ((latest.get(who)?.item.at_ms ?? -1) < post.item.at_ms) latest.set(who, post)
  }
  return [...latest.values()].sort((a, b) => b.item.at_ms - a.item.at_ms).slice(0, most)
}

/** The posts that stood there at `heads`; nothing where these are not known here. By heads and not by times: what was written last week at a school
 * without a line comes today, and is new. */
export function seenAt(doc: Thread, heads: Heads): ReadonlySet<Id> | undefined {
  if (!hasHeads(doc as Doc<Thread>, heads)) return undefined
  return new Set(Object.keys(view(doc as Doc<Thread>, heads).posts ?? {}))
}
