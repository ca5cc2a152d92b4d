// Bun: its WebSocket server is uWebSockets, and server.publish() sends to all who subscribed to a topic.
import { RedisClient } from 'bun'

const server = Bun.serve({
  port: Number(process.argv[2]),
  hostname: '127.0.0.1',
  fetch(request, server) {
    const room = new URL(request.url).searchParams.get('room')
    return server.upgrade(request, { data: { room } }) ? undefined : new Response('WebSocket only', { status: 426 })
  },
  websocket: {
    open(socket) {
      socket.subscribe(socket.data.room)
      socket.send('ready')
    },
    message() {},
    perMessageDeflate: false,
  },
})

const bus = new RedisClient(process.env.BENCH_VALKEY.replace('unix://', 'redis+unix://'))
await bus.connect()
const channels = Array.from({ length: Number(process.env.BENCH_ROOMS) }, (_, room) => `bench:${room}`)
await bus.subscribe(channels, (data, channel) => server.publish(channel.slice(6), data))
