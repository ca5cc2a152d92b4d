// Socket.IO with its Redis adapter and the WebSocket transport only. The publisher uses the protocol of its Redis emitter.
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { createClient } from 'redis'
import { Server } from 'socket.io'

const bus = createClient({ socket: { path: process.env.BENCH_VALKEY.replace('unix://', '') } })
const subscriber = bus.duplicate()
await Promise.all([bus.connect(), subscriber.connect()])

const http = createServer()
const io = new Server(http, { transports: ['websocket'], serveClient: false, adapter: createAdapter(bus, subscriber) })
io.on('connection', (socket) => {
  socket.join(socket.handshake.query.room)
  socket.emit('ready')
})
http.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 })
