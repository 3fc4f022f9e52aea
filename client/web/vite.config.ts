import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { ProxyOptions } from 'vite'
import { defineConfig } from 'vitest/config'
import { installable } from './installable/plugin.ts'

/** The node that answers during development; any node's address will do. */
const node = process.env['JELI_NODE'] ?? 'http://localhost:4780'

/** The node answers only its own names and pages, so what is passed on bears them. */
const toNode: ProxyOptions = {
  target: node,
  changeOrigin: true,
  ws: true,
  configure: (proxy) => {
    proxy.on('proxyReq', (request) => request.getHeader('origin') && request.setHeader('origin', node))
    proxy.on('proxyReqWs', (request) => request.setHeader('origin', node))
  },
}

export default defineConfig({
  plugins: [svelte(), installable(import.meta.dirname)],
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  build: {
    target: 'es2022',
    // The wasm and the fonts are files of their own, cached for ever by their hashed names; nothing is inlined as base64.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': toNode, '/sync': toNode },
  },
  worker: { format: 'es' },
  preview: { proxy: { '/api': toNode, '/sync': toNode } },
  // The default of five seconds is a measure of the machine, not of the page.
  test: { include: ['tests/**/*.test.ts'], environment: 'node', testTimeout: 30_000 },
})
