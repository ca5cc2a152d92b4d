/** A storage that the browser blocks: each access throws. */
export function blockedStorage(): Storage {
  const refuse = (): never => {
    throw new DOMException('blocked', 'SecurityError')
  }
  return { length: 0, key: refuse, getItem: refuse, setItem: refuse, removeItem: refuse, clear: refuse }
}
