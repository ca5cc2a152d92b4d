/** The reason of a report about a message, with as much of the message as fits into `maxChars`. */
export function reportedReason(reason: string, message: string, maxChars: number): string {
  const [before, after] = [`${reason}\n\nThe message: “`, '”']
  const room = maxChars - Array.from(before).length - after.length
  const chars = Array.from(message)
  if (room < 2 || message === '') return reason
  return before + (chars.length <= room ? message : `${chars.slice(0, room - 1).join('')}…`) + after
}
