const files = import.meta.glob<string>('../../../../locales/kk/{dates,documents,entrance,errors,frame,home,returning}.ftl', { query: '?raw', import: 'default', eager: true })
export default Object.values(files).join('\n')
