// Which page shows a document of which kind. Each is fetched when the first document of its kind is opened.
import type { Component } from 'svelte'
import type { DocumentWatch } from '../../data/status.svelte'
import type { Kind } from '../../data/types'
import type { LiveDocument } from '../../live/document.svelte'

/** A page knows the fields of its kind; the table does not. */
type PageOf = Component<{ live: LiveDocument<never>; watch: DocumentWatch }>

export const PAGES: Partial<Record<Kind, () => Promise<{ default: PageOf }>>> = {
  plan: () => import('../plan/PlanPage.svelte') as Promise<{ default: PageOf }>,
  year: () => import('../year/YearPage.svelte') as Promise<{ default: PageOf }>,
  meeting: () => import('../meeting/MeetingPage.svelte') as Promise<{ default: PageOf }>,
  library: () => import('../library/LibraryPage.svelte') as Promise<{ default: PageOf }>,
  feedback: () => import('../talk/feedback/FeedbackPage.svelte') as Promise<{ default: PageOf }>,
  thread: () => import('../talk/thread/ThreadPage.svelte') as Promise<{ default: PageOf }>,
  companion: () => import('../talk/CompanionPage.svelte') as Promise<{ default: PageOf }>,
  notebook: () => import('../notebook/NotebookPage.svelte') as Promise<{ default: PageOf }>,
  portfolio: () => import('../portfolio/PortfolioPage.svelte') as Promise<{ default: PageOf }>,
}
