import '@fontsource-variable/golos-text/wght.css'
import '@fontsource-variable/literata/wght.css'
import './tokens.css'
import './base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { device } from './away/device.svelte'
import { session } from './data/session.svelte'
import { keepPage } from './files/stray'
import { theme } from './data/theme.svelte'
import { speakOfFields } from './locale/fields'
import { locale } from './locale/locale.svelte'
import { keepPlace } from './place'
import { questionnaireToken } from './route'
import { router } from './router.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')

theme.start()
await locale.start()
speakOfFields(document)
keepPlace()
keepPage()
const token = questionnaireToken(location.pathname)
if (token !== undefined) {
  const [{ default: Questionnaire }] = await Promise.all([import('./screens/questionnaire/Questionnaire.svelte'), locale.rooms()])
  mount(Questionnaire, { target, props: { token } })
} else {
  router.start()
  device.start()
  mount(App, { target })
  void session.start()
}
