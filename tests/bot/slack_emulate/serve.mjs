// Starts emulate's Slack on a free port: node serve.mjs BOT_TOKEN ADA_TOKEN SIGNING_SECRET EVENTS_URL.
import { readdirSync, readFileSync } from 'node:fs'
import { createEmulator } from 'emulate'

const [botToken, adaToken, signing_secret, events] = process.argv.slice(2)
const dist = new URL('./node_modules/emulate/dist/', import.meta.url)
const chunk = readdirSync(dist).find(
  (name) => name.endsWith('.js') && /export \{[^}]*slackPlugin/.test(readFileSync(new URL(name, dist), 'utf8')),
)
const { slackPlugin } = await import(new URL(chunk, dist))

// slack_sdk sends some arguments in the query; emulate reads POST bodies only. It has no way to subscribe to events.
const register = slackPlugin.register
slackPlugin.register = (app, store, webhooks, ...rest) => {
  webhooks.register({ url: events, events: ['*'], active: true, owner: 'slack' })
  app.use('*', async (c, next) => {
    const { url, headers } = c.req.raw
    const { origin, pathname, searchParams } = new URL(url)
    if (!pathname.startsWith('/api/') || !searchParams.size) return next()
    const form = { authorization: headers.get('authorization'), 'content-type': 'application/x-www-form-urlencoded' }
    return app.fetch(new Request(origin + pathname, { method: 'POST', headers: form, body: searchParams.toString() }))
  })
  return register(app, store, webhooks, ...rest)
}

const scopes = ['chat:write', 'im:write', 'im:history', 'users:read', 'users:read.email']
const slack = await createEmulator({
  service: 'slack',
  port: 0,
  seed: {
    slack: {
      users: [{ name: 'ada', real_name: 'Ada', email: 'ada@example.org' }],
      oauth_apps: [{ client_id: '1.1', client_secret: 's', name: 'Catchball', bot_name: 'catchball', redirect_uris: [], scopes }],
      tokens: [
        { token: botToken, type: 'bot', user: 'catchball', scopes },
        { token: adaToken, type: 'user', user: 'ada', scopes: [...scopes, 'users.profile:write'] },
      ],
      signing_secret,
      strict_scopes: true,
    },
  },
})
console.log(slack.url)
process.stdin.resume().on('end', () => slack.close().then(() => process.exit(0)))
