// Socket.IO with its Redis adapter; the publisher speaks the protocol of its Redis emitter. Only the WebSocket transport.
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { createClient } from 'redis'
import { Server } from 'socket.io'

const bus = createClient({ socket: { path: process.env.BENCH_VALKEY.replace('unix://', '') } })
const ear = bus.duplicate()
await Promise.all([bus.connect(), ear.connect()])

const http = createServer()
const io = new Server(http, { transports: ['websocket'], serveClient: false, adapter: createAdapter(bus, ear) })
io.on('connection', (socket) => {
  socket.join(socket.handshake.query.room)
  socket.emit('ready')
})
http.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 })
