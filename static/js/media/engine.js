/**
 * What every way of carrying media can do.
 *
 * @typedef {import("./sources.js").Source} Source
 * @typedef {import("./link.js").Link} Link
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {(type: string, fields: Record<string, unknown>) => Promise<unknown>} Ask
 *
 * `returned`: whether the seat was still held, so that the other end still knows it.
 * @typedef {{you: string, iceServers: RTCIceServer[], returned: boolean}} Place
 *
 * `track`: null when nothing comes any more. `failed`: there is no direct path to somebody who is there.
 * @typedef {{track: {participant: string, source: Source, track: MediaStreamTrack | null},
 *   quality: {participant: string, link: Link}, speaker: string | null, failed: {participant: string}}} Events
 *
 * @typedef {Object} Methods
 * @property {(place: Place) => void} connect begins, or goes on after a drop
 * @property {(people: Person[]) => void} update who is in the meeting now, oneself included
 * @property {(source: Source) => void} publish what is sent for a source changed
 * @property {(participant: string, source: Source) => RTCRtpReceiver | null} receiver
 * @property {() => Promise<RTCStatsReport[]>} stats of each of its connections
 * @property {(event: import("../protocol/socket.js").ServerEvent) => void} take
 * @property {() => void} close
 * @property {(heights: import("./wishes.js").Heights) => void} [want] how large each picture is drawn
 * @property {boolean} [isSending] false while nothing that is published leaves this page
 *
 * @typedef {import("../lib/emitter.js").Emitter<Events> & Methods} Engine
 */
export {};
