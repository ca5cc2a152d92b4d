// node's `ws`: one send() per client, of the same Buffer as text.
import { createClient } from 'redis'
import { WebSocketServer } from 'ws'

const rooms = new Map()
const server = new WebSocketServer({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096, perMessageDeflate: false })
server.on('connection', (socket, request) => {
  const room = new URL(request.url, 'http://localhost').searchParams.get('room')
  if (!rooms.has(room)) rooms.set(room, new Set())
  rooms.get(room).add(socket)
  socket.on('close', () => rooms.get(room).delete(socket))
  socket.on('error', () => {})
  socket.send('ready')
})

const bus = createClient({ socket: { path: process.env.BENCH_VALKEY.replace('unix://', '') } })
await bus.connect()
await bus.pSubscribe(
  'bench:*',
  (data, channel) => {
    for (const socket of rooms.get(channel.toString().slice(6)) ?? []) socket.send(data, { binary: false })
  },
  true,
)
