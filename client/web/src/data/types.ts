// The shapes of docs/api.md. Nothing here is the page's own invention.

export type Language = 'kk' | 'ru' | 'en'
export type Role = 'director' | 'deputy' | 'teacher' | 'reader' | 'guest'
export type SpaceRole = 'convenor' | 'member' | 'reader'
export type Kind = 'plan' | 'meeting' | 'year' | 'notebook' | 'portfolio' | 'feedback' | 'thread' | 'companion' | 'library'

/** Milliseconds since 1970, as some node's clock said: shown, never trusted. */
export type UnixMs = number

export interface Named {
  id: string
  name: string
}

export interface NodeInfo {
  name: string
  version: string
  school: Named
  node: string
  setup_needed: boolean
}

/** Argon2id slows guessing down; length is what the person can add, in characters. The node has the last word. */
export const PASSWORD_LENGTH = 8

export interface Person {
  id: string
  name: string
  login: string
  role: Role
  language: Language
}

/** For whom the node serves the page: this machine, whoever is in the same network, or what its settings say. */
export interface Doors {
  doors: 'machine' | 'network' | 'set'
  address: string | null
}

/** How a line beyond the local network is treated. */
export type BudgetMode = 'free' | 'careful' | 'by_hand'
/** Why nothing goes over it. */
export type BudgetHeld = 'by_hand' | 'used_up'

export interface Tariff {
  per_mb: number
  currency: string
}

/** `null`: taken back. */
export interface BudgetAsk {
  mode: BudgetMode | null
  /** Bytes. */
  monthly_limit: number | null
  /** Hours of the day by the node's clock. */
  free_hours: { from: number; until: number } | null
  tariff: Tariff | null
}

/** Bytes both ways. */
export interface BudgetUsed {
  words: number
  files: number
  contact: number
}

export interface Budget extends BudgetAsk {
  now: { mode: BudgetMode; reason: 'chosen' | 'system' | 'configured' | 'free_hours'; held: BudgetHeld | null; files: 'comes' | 'waits' }
  /** Seconds for which the line is open still because somebody said so. */
  open_for: number | null
  /** By the node's clock: `2026-11-28`. */
  today: string
  used: number
  cost: number | null
  days: (BudgetUsed & { day: string })[]
  schools: (BudgetUsed & { school: Named | null })[]
}

export interface Me {
  person: Person
  school: Named
  /** How documents name this person: `<school>/<person>`. */
  reference: string
  /** A fresh actor id in hex; the page writes with it and no other. */
  actor: string
  /** Of a guest, who sees one document and nothing else. */
  guest?: { document: string; school: string; ends: UnixMs }
}

export interface Member {
  school: Named
  role: SpaceRole
  nodes: Named[]
  /** Retired ones: what they wrote is the school's still. An answer that this device has kept since before there were any says nothing of them. */
  former?: Named[]
}

/** `member`: our node takes part. Else its people only read, for the reason named. */
export type Standing = 'member' | 'stopped' | 'retired' | 'out'

export interface Space {
  id: string
  name: string
  private: boolean
  standing: Standing
  role: SpaceRole
  members: Member[]
}

export type WriteRule = 'owner' | 'everyone' | { schools: string[] }

/** What lists and the first page say of a document without opening it. As people wrote it, shortened; absent is empty. */
export interface Facts {
  title: string
  template: boolean
  /** `<school>/<person>` whose it is. */
  person: string
  about: string
  previous: string
  date: string
  time: string
  place: string
  until: string
  stage: string
  duties: Duty[]
  /** `<document>/<task>` of action items carried over into this meeting, done or not. */
  carried: string[]
  days: Day[]
  asking: Asking | null
}

/** An action of a plan or an action item of a meeting that is not done. */
export interface Duty {
  place: 'actions' | 'tasks'
  id: string
  what: string
  who: string
  person: string
  due: string
  answer: string
  offered_due: string
}

/** A day in a year plan. */
export interface Day {
  id: string
  title: string
  date: string
  time: string
  form: string
  meeting: string
}

/** What somebody asks of others. */
export interface Asking {
  asker: string
  asked_ms: UnixMs
  closed: boolean
  answers: number
  asked: string[]
  answered: string[]
}

export interface DocumentInfo {
  id: string
  space: string
  /** `coming`: known to exist, and nothing of what it says has reached our school yet. */
  state: 'here' | 'coming'
  kind: Kind
  title: string
  facts: Facts
  owner: Named
  write_rule: WriteRule
  can_write: boolean
  changed_at: UnixMs | null
  reached: number
  of: number
  waiting: number
}

export type Road = 'lan' | 'direct' | 'relay'

/** How it stands with one other school. What guests are not told is null. */
export interface SchoolStatus {
  id: string
  name: string
  state: 'has_latest' | 'waiting' | 'never_heard'
  has_latest: boolean
  /** Never fewer than it truly lacks. */
  waiting_changes: number
  /** About so many will travel. */
  waiting_bytes: number
  waiting_since: UnixMs | null
  /** With our node itself, over its restarts. */
  last_contact: UnixMs | null
  last_road: Road | 'parcel' | null
  connected: boolean
  road: { kind: Road | 'trying' | 'parcel'; next_attempt: UnixMs | null; via: Named | null } | null
  blocker: { kind: string; since: UnixMs | null; until: UnixMs | null } | null
  todo: string | null
  /** By how many milliseconds its clock is ahead of our node's, where that is much. */
  clock_ahead: number | null
}

/** How far all of a network's news has come. */
export interface Journey {
  published: boolean
  schools: SchoolStatus[]
  reached: number
  of: number
}

export interface DocumentStatus {
  saved_here: true
  published: boolean
  schools: SchoolStatus[]
  reached: number
  of: number
  readers: { space: { id: string; name: string; private: boolean }; schools: number }
}

/** A document as plain JSON: texts are strings, a rich text is lines (docs/documents.md). */
export interface PlainDocument {
  heads: string[]
  content: Record<string, unknown>
}

export interface Present {
  name: string
  school: Named
  here: boolean
  /** A guest at our computer: name and school as they said; the school has no id. */
  guest?: boolean
}

/** A code by which guests sit down at a meeting. */
export interface OpenSeat {
  code: string
  ends: UnixMs
  address: string
  qr_svg: string
}

/** A guest at a meeting. */
export interface Seat {
  id: string
  name: string
  school: string
  since: UnixMs
  ends: UnixMs
}

export interface QuestionnaireLink {
  path: string
  address: string
  qr_svg: string
}

/** As anybody with the link may see it. */
export interface Questionnaire {
  title: string
  language: Language | ''
  audience: 'staff' | 'parents' | 'pupils'
  open: boolean
  until: string
  questions: { id: string; text: string }[]
}

export interface SetAside {
  id: number
  document: string
  when: UnixMs
  person: string
  reason: string
  text: string
}

export interface Peer {
  node: string
  school: Named
  name: string
  road: Road | null
  // The node through which it is reached, where the road is a relay.
  via: string | null
  connected: boolean
  last_contact: UnixMs | null
}

export interface NodeStatus {
  node: Named
  school: Named
  line: 'open' | 'cut'
  addresses: string[]
  peers: Peer[]
  // What it carries for others, and through whom it is reached.
  relay: {
    state: 'ready' | 'off' | 'closed' | 'used_up'
    month_carried_bytes: number
    month_bytes: number
    reservations: number
    circuits: number
    reached_through: string[]
  }
  spaces: { id: string; entries: number; waiting: number; void: number }[]
}

export interface BundleAsk {
  /** Ids; without, all schools that share a network with ours. */
  schools?: string[]
  files?: boolean
  /** Also what they have confirmed to have. */
  everything?: boolean
  max_bytes?: number
}

/** A file that travels without a line. */
export interface Bundle {
  id: string
  name: string
  bytes: number
  part: number
  parts: number
  /** By its maker's clock, Unix milliseconds. */
  made_at: number
  school: Named
  node: Named
  place: 'made' | 'carried' | 'waiting'
}

export interface MadeBundles {
  schools: Named[]
  parts: Bundle[]
  /** Whether there is anything in it but confirmations of what has come. */
  news: boolean
  files: number
  files_left_out: number
}

export interface OpenedBundle {
  fate: 'taken' | 'before' | 'waits' | 'carried' | 'old' | 'too_large_to_carry' | 'own'
  school: Named
  node: Named
  made_at: number
  part: number
  parts: number
  spaces: { id: string; name: string; new_entries: number }[]
  files: number
  files_left: number
  forked: boolean
  /** Some of it is of a network in which our school has no part (yet). */
  unknown: boolean
}

export interface Ticket {
  ticket: string
  /** Empty where the ticket is too long for a QR code. */
  qr_svg: string
}

/** The page over TLS, and the certificate that phones are to trust for it. */
export interface SecurePage {
  port: number
  /** SHA-256 in pairs of hex digits. */
  fingerprint: string
}

export interface Joined {
  space: string
  state: 'joined' | 'waiting'
}

export interface Sitting {
  code: string
  name: string
  school: string
  language: Language
}

/** Who has a content, or had it when last heard of. */
export interface FileHolder {
  school: string
  whole: boolean
  at: UnixMs
}

/** Where one content of a document is, as the node tells it. */
export interface FileStanding {
  hash: string
  part: 'content' | 'thumbnail'
  named: boolean
  state: 'here' | 'coming' | 'wanted' | 'paused' | 'away'
  size: number
  /** Bytes of it that have come. */
  here: number
  /** Bytes a second. */
  rate: number
  seconds_left: number | null
  from: string[]
  held_up: 'nobody_has_it' | 'no_room' | 'too_large' | 'spared' | 'failed' | null
  holders: FileHolder[]
  /** By what it is kept at our school in any case. */
  pinned: Pinned[]
}

/** Other documents in which a file of a document stands too. */
export interface FileUse {
  hash: string
  documents: string[]
}

export type Pinned = 'file' | 'document' | 'kind'
export type FileAction = 'want' | 'pause' | 'cancel'

/** What is kept at our school in any case: a file of a document, all of a document, all of a kind. */
export type Pin = { blob: string; document: string } | { document: string } | { kind: string }

/** A document that names a file which is kept, and what it calls it. */
export interface KeptFor {
  id: string
  title: string
  kind: string
  part: 'content' | 'thumbnail'
  named: boolean
  name: string
  media_type: string
}

export interface KeptFile {
  hash: string
  size: number
  added_at: UnixMs
  used_at: UnixMs
  /** Of those that this person reads. */
  documents: KeptFor[]
  holders: FileHolder[]
  /** No other computer is known to have all of it. */
  last: boolean
  pinned: Pinned[]
}

/** The room for files on the school computer; all in bytes, but for the percent. */
export interface FileRoom {
  used: number
  /** Of that, what is not whole: on its way to here, or being sent in. */
  unfinished: number
  limit: number
  left: number
  disk_free: number
  reserve: number
  small: number
  portion_percent: number
  portion: number
  /** Of whom: a school, or nobody whom we know. */
  schools: { school: Named | null; used: number }[]
  files: KeptFile[]
  pins: { blob: string | null; document: string | null; kind: string | null; name: string }[]
}

export interface UploadStanding {
  id: string
  length: number
  offset: number
  /** Once it is whole and kept. */
  hash: string | null
  media_type: string | null
}
