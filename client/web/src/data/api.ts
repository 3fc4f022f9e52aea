// The one door to the node's HTTP API (docs/api.md). Screens ask here and nowhere else.
import { clock } from './clock.svelte'
import type {
  Budget,
  BudgetAsk,
  Bundle,
  BundleAsk,
  DocumentInfo,
  DocumentStatus,
  Doors,
  FileAction,
  FileRoom,
  FileStanding,
  FileUse,
  Joined,
  Journey,
  Kind,
  Language,
  MadeBundles,
  Me,
  Named,
  OpenSeat,
  OpenedBundle,
  NodeInfo,
  NodeStatus,
  Person,
  Pin,
  PlainDocument,
  Present,
  Questionnaire,
  Role,
  SecurePage,
  Seat,
  SetAside,
  Sitting,
  Space,
  SpaceRole,
  Ticket,
  UploadStanding,
  WriteRule,
} from './types'

/** A node on the school's Wi-Fi answers in milliseconds; past this the person is told it does not answer. */
const ANSWER_WITHIN_MS = 15_000
/** What takes the node long: packing a year of work, reading a stick over weak Wi-Fi. */
const LONG_WITHIN_MS = 3_600_000

export type ErrorArgs = Record<string, string | number>

/** An answer that is not the one hoped for. `code` finds its sentence in Fluent: `error-<code with dashes>`. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly args: ErrorArgs = {},
  ) {
    super(code)
    this.name = 'ApiError'
  }
}

/** Reads the body of an error answer, which may come from something that is not a node (a proxy, a captive portal). */
export function errorFrom(status: number, body: unknown): ApiError {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {}
  const code = typeof error['code'] === 'string' ? error['code'] : 'unexpected_answer'
  const args: ErrorArgs = { status }
  if (isRecord(error['args']))
    for (const [name, value] of Object.entries(error['args']))
      if (typeof value === 'string' || typeof value === 'number') args[name] = value
  return new ApiError(code, status, args)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

let onSignedOut: () => void = () => {}
/** Called when the node says that nobody is signed in any more. */
export function whenSignedOut(then: () => void): void {
  onSignedOut = then
}

let onAnswered: (path: string, value: unknown) => void = () => {}
/** Called with what the node answers to a question, for whoever keeps it. */
export function whenAnswered(then: (path: string, value: unknown) => void): void {
  onAnswered = then
}

export interface AskOptions {
  headers?: Record<string, string>
  body?: BodyInit
  withinMs?: number
  /** Gives up; what is thrown then is its reason. */
  signal?: AbortSignal
}

/** One request and the words of its answer. An answer that is a refusal is thrown as an `ApiError`. */
export async function request(method: string, path: string, { headers, body, withinMs = ANSWER_WITHIN_MS, signal }: AskOptions = {}): Promise<{ answer: Response; value: unknown }> {
  signal?.throwIfAborted()
  const ending = new AbortController()
  const end = () => ending.abort()
  const late = setTimeout(end, withinMs)
  signal?.addEventListener('abort', end)
  try {
    const answer = await fetch(`/api/v1/${path}`, {
      method,
      credentials: 'same-origin',
      signal: ending.signal,
      ...(headers ? { headers } : {}),
      ...(body === undefined ? {} : { body }),
    })
    clock.heard(answer.headers.get('date'))
    // Cut off on its way: half an answer is none.
    return { answer, value: valueIn(path, answer, await answer.text()) }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof ApiError ? error : new ApiError('node_unreachable', 0)
  } finally {
    clearTimeout(late)
    signal?.removeEventListener('abort', end)
  }
}

function valueIn(path: string, { ok, status }: Response, text: string): unknown {
  let value: unknown = null
  try {
    value = text === '' ? null : JSON.parse(text)
  } catch {
    // Something on the way answers for a node that does not.
    if (status >= 500) throw new ApiError('node_unreachable', 0)
    throw new ApiError('unexpected_answer', status, { status })
  }
  if (ok) return value
  if (status === 401 && path !== 'session' && path !== 'setup' && path !== 'seat') onSignedOut()
  throw errorFrom(status, value)
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { value } = await request(method, path, body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (method === 'GET') onAnswered(path, value)
  return value as T
}

const part = encodeURIComponent

/** The first bytes of a content, `most` of them, and whether they are all. */
async function beginning(address: string, most: number, signal: AbortSignal): Promise<{ bytes: Uint8Array; whole: boolean }> {
  let answer: Response
  try {
    answer = await fetch(address, { headers: { range: `bytes=0-${most - 1}` }, signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof ApiError ? error : new ApiError('node_unreachable', 0)
  }
  // Of nothing there is no first byte.
  if (answer.status === 416) return { bytes: new Uint8Array(), whole: true }
  if (!answer.ok) throw errorFrom(answer.status, await answer.json().catch(() => null))
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const all = Number(/\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1] ?? bytes.length)
  return { bytes: bytes.subarray(0, most), whole: bytes.length >= all && bytes.length <= most }
}

export interface NewAccount {
  code: string
  name: string
  login: string
  password: string
  language: Language
  pass?: string
}

export interface NewPerson {
  name: string
  login: string
  password: string
  role: Role
  language: Language
  pass?: string
}

export interface NewDocument {
  space: string
  kind: Kind
  title: string
  language: Language
  write_rule: WriteRule
  /** Of a talk: `<document>` or `<document>/<collection>/<item>`. */
  about?: string
}

export const api = {
  node: () => ask<NodeInfo>('GET', 'node'),
  setup: (account: NewAccount) => ask<unknown>('POST', 'setup', account),
  signIn: (login: string, password: string) => ask<unknown>('POST', 'session', { login, password }),
  signOut: () => ask<unknown>('DELETE', 'session'),
  me: () => ask<Me>('GET', 'me'),
  changeMe: (change: { language?: Language; name?: string }) => ask<unknown>('PATCH', 'me', change),
  peopleNames: () => ask<Named[]>('GET', 'people/names'),
  people: () => ask<Person[]>('GET', 'people'),
  addPerson: (person: NewPerson) => ask<unknown>('POST', 'people', person),
  givePassword: (person: string, password: string) =>
    ask<unknown>('PUT', `people/${part(person)}/password`, { password }),
  removePerson: (person: string) => ask<unknown>('DELETE', `people/${part(person)}`),
  changePassword: (old: string, password: string) =>
    ask<unknown>('PUT', 'me/password', { old, new: password }),
  pass: (password: string) => ask<{ pass: string; until: number }>('POST', 'me/pass', { password }),
  doors: () => ask<Doors>('GET', 'doors'),
  chooseDoors: (open: boolean) => ask<unknown>('PUT', 'doors', { open }),
  budget: () => ask<Budget>('GET', 'budget'),
  chooseBudget: (chosen: BudgetAsk) => ask<{ restarts: boolean }>('PUT', 'budget', chosen),
  openBudget: (open: boolean) => ask<unknown>('POST', 'budget/open', { open }),
  spaces: () => ask<Space[]>('GET', 'spaces'),
  createSpace: (name: string) => ask<Space>('POST', 'spaces', { name }),
  invite: (space: string, role: SpaceRole) =>
    ask<Ticket>('POST', `spaces/${part(space)}/invitations`, { role }),
  join: (ticket: string) => ask<Joined>('POST', 'join', { ticket }),
  documents: () => ask<DocumentInfo[]>('GET', 'documents'),
  createDocument: (document: NewDocument) => ask<DocumentInfo>('POST', 'documents', document),
  document: (id: string) => ask<DocumentInfo>('GET', `documents/${part(id)}`),
  journey: (space: string) => ask<Journey>('GET', `spaces/${part(space)}/status`),
  documentStatus: (id: string) => ask<DocumentStatus>('GET', `documents/${part(id)}/status`),
  content: (id: string) => ask<PlainDocument>('GET', `documents/${part(id)}/content`),
  presence: (id: string) => ask<Present[]>('GET', `documents/${part(id)}/presence`),
  setAside: (document: string) => ask<SetAside[]>('GET', `set-aside?document=${part(document)}`),
  settleSetAside: (id: number, action: 'copy' | 'drop') =>
    ask<{ document: string | null }>('POST', `set-aside/${id}`, { action }),
  seats: (document: string) => ask<Seat[]>('GET', `documents/${part(document)}/seats`),
  giveSeat: (document: string) => ask<OpenSeat>('POST', `documents/${part(document)}/seats`),
  endSeat: (document: string, seat: string) => ask<unknown>('DELETE', `documents/${part(document)}/seats/${part(seat)}`),
  sit: (sitting: Sitting) => ask<unknown>('POST', 'seat', sitting),
  surveyLink: (document: string, survey: string) =>
    ask<{ path: string; address: string }>('GET', `documents/${part(document)}/surveys/${part(survey)}/link`),
  questionnaire: (token: string) => ask<Questionnaire>('GET', `questionnaires/${part(token)}`),
  answer: (token: string, answers: Record<string, number>) => ask<unknown>('POST', `questionnaires/${part(token)}`, { answers }),
  files: (id: string) => ask<FileStanding[]>('GET', `documents/${part(id)}/files`),
  actOnFile: (id: string, hash: string, action: FileAction) => ask<unknown>('POST', `documents/${part(id)}/files/${part(hash)}`, { action }),
  /** It is removed at our school; `last_copy` is the answer where nobody else is known to have it. */
  letGoOfFile: (id: string, hash: string, last: 'not_the_last' | 'even_the_last') =>
    ask<unknown>('POST', `documents/${part(id)}/files/${part(hash)}`, { action: 'let_go', even_the_last: last === 'even_the_last' }),
  fileRoom: () => ask<FileRoom>('GET', 'files'),
  chooseFileRoom: (choice: { limit?: number; small?: number; portion_percent?: number }) => ask<unknown>('PUT', 'files', choice),
  sweepFiles: () => ask<unknown>('POST', 'files/sweep'),
  pin: (what: Pin) => ask<unknown>('PUT', 'pins', what),
  unpin: (what: Pin) => ask<unknown>('DELETE', 'pins', what),
  fileUses: (id: string) => ask<FileUse[]>('GET', `documents/${part(id)}/uses`),
  fileBeginning: (id: string, hash: string, most: number, signal: AbortSignal) => beginning(api.fileAddress(id, hash), most, signal),
  /** Where a page shows a content, or saves it under a name. */
  fileAddress: (id: string, hash: string, save?: string) =>
    `/api/v1/documents/${part(id)}/files/${part(hash)}${save === undefined ? '' : `?save=${part(save)}`}`,
  upload: (id: string, signal?: AbortSignal) => request('GET', `uploads/${part(id)}`, signal ? { signal } : {}).then(({ value }) => value as UploadStanding),
  endUpload: (id: string) => ask<unknown>('DELETE', `uploads/${part(id)}`),
  status: () => ask<NodeStatus>('GET', 'status'),
  bundles: () => ask<Bundle[]>('GET', 'bundles'),
  makeBundles: (wanted: BundleAsk) =>
    request('POST', 'bundles', { headers: { 'content-type': 'application/json' }, body: JSON.stringify(wanted), withinMs: LONG_WITHIN_MS }).then(({ value }) => value as MadeBundles[]),
  /** Gives the node a bundle that somebody has brought. */
  openBundle: (file: Blob) =>
    request('POST', 'bundles/opened', { headers: { 'content-type': 'application/octet-stream' }, body: file, withinMs: LONG_WITHIN_MS }).then(({ value }) => value as OpenedBundle),
  removeBundle: (id: string) => ask<unknown>('DELETE', `bundles/${part(id)}`),
  bundleAddress: (id: string) => `/api/v1/bundles/${part(id)}`,
  /** A bundle as a file that the device's own programs can send. */
  bundleFile: async ({ id, name }: Bundle): Promise<File> => {
    const answer = await fetch(`/api/v1/bundles/${part(id)}`, { credentials: 'same-origin' }).catch(() => {
      throw new ApiError('node_unreachable', 0)
    })
    if (!answer.ok) throw errorFrom(answer.status, await answer.json().catch(() => null))
    return new File([await answer.blob()], name, { type: 'application/octet-stream' })
  },
  secure: () => ask<SecurePage | null>('GET', 'secure'),
  setLine: (cut: boolean) => ask<unknown>('POST', 'line', { cut }),
}
