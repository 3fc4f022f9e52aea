// The document kinds as the page meets them: docs/documents.md.
export * from './above'
export * from './common'
export * from './library'
export * from './meeting'
export * from './notebook'
export * from './plan'
export * from './talk'
export * from './timing'
