// Reads calendar files with ical.js. Each line of the input is one file as a JSON string; each line of the output is
// what it says, or {"error": …}. Zones are those of the file: without its VTIMEZONE, a time would be floating.
import { createInterface } from 'node:readline'
import ICAL from 'ical.js'

const moment = (time) =>
  time && {
    ms: time.toUnixTime() * 1000,
    zone: time.zone.tzid,
    isDate: time.isDate,
    ...(time.isDate && { day: time.toString() }),
  }

function readEvent(component) {
  const event = new ICAL.Event(component)
  const value = (name) => component.getFirstPropertyValue(name)
  return {
    uid: event.uid,
    sequence: event.sequence,
    summary: event.summary,
    description: event.description,
    location: event.location,
    starts: moment(event.startDate),
    ends: moment(event.endDate),
    status: value('status'),
    url: value('url'),
    stamped: moment(value('dtstamp')),
    created: moment(value('created')),
    modified: moment(value('last-modified')),
    categories: component.getFirstProperty('categories')?.getValues() ?? [],
    organizer: component.getFirstProperty('organizer')?.getParameter('cn') ?? null,
    alarms: component.getAllSubcomponents('valarm').map((alarm) => {
      const trigger = alarm.getFirstPropertyValue('trigger')
      return { action: alarm.getFirstPropertyValue('action'), seconds: trigger.toSeconds() }
    }),
  }
}

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text))
  return {
    name: calendar.getFirstPropertyValue('name'),
    method: calendar.getFirstPropertyValue('method'),
    zones: calendar.getAllSubcomponents('vtimezone').map((zone) => zone.getFirstPropertyValue('tzid')),
    events: calendar.getAllSubcomponents('vevent').map(readEvent),
    components: calendar.getAllSubcomponents().length,
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = read(JSON.parse(line))
  } catch (error) {
    answer = { error: String(error) }
  }
  console.log(JSON.stringify(answer))
}
