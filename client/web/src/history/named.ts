// Whose word it is that a version is approved. Everyone of a space writes in its companions, so the fields of a version are anybody's; the actors
// of what stands in them are their schools', and the approval of a document is its owner's.
import * as A from '@automerge/automerge/slim'
import type { DocumentInfo, Me, Named } from '../data/types'
import { said, type Companion, type Version } from '../edit/kinds'
import { ordered, type Id } from '../edit/order'
import { Names } from './authors'
import { headsFrom } from './visits'

/** The school of an actor, as far as it is known. */
export type SchoolOf = (actor: string) => Named | undefined

export interface Approval {
  is: 'none' | 'approved' | 'withdrawn'
  /** Who withdrew it, in the words of their actor, and when by their clock. */
  by?: { name: string; at: number }
}

export interface NamedVersion {
  id: string
  title: string
  heads: A.Heads
  name: string
  school: string
  at: number
  approval: Approval
  protocol: string
}

/** What a companion says of versions of a document that the school `owner` owns; anything that is none is passed over. */
export function versionsIn(doc: Pick<Companion, 'versions'>, owner: string, schoolOf: SchoolOf): NamedVersion[] {
  return ordered<Version>(doc.versions).flatMap(({ id, item }) => {
    const heads = headsFrom(said(item.heads))
    const at = typeof item.at_ms === 'number' ? item.at_ms : 0
    // The school of who made it; its own word for that only where nobody knows better.
    const school = makerOf(doc, id, schoolOf)?.name ?? said(item.school)
    return heads ? [{ id, title: said(item.title), heads, name: said(item.name), school, at, approval: approvalOf(doc, id, owner, schoolOf), protocol: said(item.protocol) }] : []
  })
}

/** A document is approved by the head of its school or a deputy who may write it. */
export function mayApprove({ info, writable }: { info: Pick<DocumentInfo, 'owner'>; writable: boolean }, me: Me | undefined): boolean {
  return writable && me !== undefined && me.school.id === info.owner.id && (me.person.role === 'director' || me.person.role === 'deputy')
}

/** An approval is withdrawn by whoever gave it (`as`: under the name that they write here with) or by the head of the document's school. */
export function mayWithdraw({ approval, name }: NamedVersion, { info }: { info: Pick<DocumentInfo, 'owner'> }, me: Me | undefined, as: string): boolean {
  return approval.is === 'approved' && me !== undefined && me.school.id === info.owner.id && (me.person.role === 'director' || (me.person.role === 'deputy' && name === as))
}

const NONE: Approval = { is: 'none' }
/** An operation as Automerge names it: "<number>@<actor>". */
type Op = string
const actorOf = (op: Op): string => op.slice(op.indexOf('@') + 1)

/** The school that made a version; undefined where nobody knows the actor. */
export function makerOf(doc: A.Doc<unknown>, id: Id, schoolOf: SchoolOf): Named | undefined {
  const version = objectOf(doc, id)
  return version === undefined ? undefined : schoolOf(actorOf(version))
}

/** What the school `owner` says of a version: nobody else's word counts, and what others have put into its fields is no approval. */
export function approvalOf(doc: A.Doc<unknown>, id: Id, owner: string, schoolOf: SchoolOf): Approval {
  const version = objectOf(doc, id)
  if (version === undefined) return NONE
  const isOwners = (op: Op) => schoolOf(actorOf(op))?.id === owner
  const backend = A.getBackend(doc)
  const set = (field: string) => backend.getAll(version, field).map(([, value, op]) => ({ value: value as unknown, op: op as Op }))
  const words = set('approved').filter(({ op }) => isOwners(op))
  if (!isOwners(version) || !set('heads').every(({ op }) => isOwners(op)) || words.length === 0) return NONE
  const no = words.find(({ value }) => value !== true)
  if (!no) return { is: 'approved' }
  const changes = A.getChangesMetaSince(doc, [])
  const changeOf = (op: Op) => changes.find(({ actor, startOp, maxOp }) => actor === actorOf(op) && startOp <= parseInt(op) && parseInt(op) <= maxOp)
  const [made, withdrawn] = [changeOf(version), changeOf(no.op)]
  // What was never said to be approved has its "no" from the change that made it.
  if (!withdrawn || withdrawn.hash === made?.hash) return NONE
  const names = new Names()
  names.take(changes)
  return { is: 'withdrawn', by: { name: names.known(withdrawn.actor), at: withdrawn.time * 1000 } }
}

function objectOf(doc: A.Doc<unknown>, id: Id): Op | undefined {
  const all = (doc as { versions?: Record<Id, object> }).versions
  return (all && Object.hasOwn(all, id) && A.getObjectId(all[id])) || undefined
}
