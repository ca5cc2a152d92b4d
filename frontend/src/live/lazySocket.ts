import type { Socket } from './socket'

/**
 * A socket whose code loads when it is opened. If that fails, it stays silent, like one that the network swallows.
 *
 * `load` gives the socket; it opens later than the listeners are added.
 */
export function lazySocket(load: () => Promise<Socket>): Socket {
  const loading = load()
  const then = (use: (socket: Socket) => void): void => void loading.then(use, () => undefined)
  return {
    addEventListener: ((type: 'message', listener: (event: { data: unknown }) => void) =>
      then((socket) => socket.addEventListener(type, listener))) as Socket['addEventListener'],
    send: (text) => then((socket) => socket.send(text)),
    close: () => then((socket) => socket.close()),
  }
}
