/** The network of a device, where a browser tells about it (https://wicg.github.io/netinfo/). */
interface Network extends EventTarget {
  /** Such as `wifi` or `cellular`. */
  type?: string
}

/** Calls back when the device has changed from one kind of network to another, which blocks other things. */
export function onNetworkKind(
  changed: () => void,
  { connection }: { connection?: Network } = navigator as object,
): void {
  let kind = connection?.type
  connection?.addEventListener('change', () => {
    if (connection.type === kind) return
    kind = connection.type
    changed()
  })
}
