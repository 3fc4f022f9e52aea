import '@fontsource-variable/golos-text/wght.css'
import '@fontsource-variable/literata/wght.css'
import './tokens.css'
import './base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { device } from './away/device.svelte'
import { session } from './data/session.svelte'
import { speakOfFields } from './locale/fields'
import { locale } from './locale/locale.svelte'
import { router } from './router.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')

await locale.start()
speakOfFields(document)
router.start()
device.start()
mount(App, { target })
void session.start()
