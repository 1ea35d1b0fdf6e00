/**
 * What the server says of a meeting (docs/protocol.md).
 *
 * @typedef {Object} Person
 * @property {string} id
 * @property {string} name
 * @property {"HOST" | "COHOST" | "PARTICIPANT" | "GUEST"} role
 * @property {string} avatar URL, or ""
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {string | null} hand when it was raised, RFC 3339
 * @property {boolean} spotlight shown large to all
 * @property {boolean} connected
 * @property {number} seq of two people the one with the greater offers media
 *
 * @typedef {Object} Room
 * @property {string} name
 * @property {string} code of the invite link
 * @property {boolean} locked
 * @property {"OFF" | "GUESTS" | "EVERYONE"} waiting_room
 * @property {boolean} wait_for_host
 * @property {boolean} only_when_scheduled
 * @property {boolean} allow_chat
 * @property {boolean} allow_files
 * @property {boolean} allow_private_messages
 * @property {boolean} allow_screen_share
 * @property {boolean} allow_reactions
 * @property {boolean} allow_guest_access
 * @property {boolean} allow_unmute
 * @property {boolean} allow_camera
 * @property {boolean} mute_participants_on_join
 * @property {boolean} camera_off_on_join
 * @property {boolean} show_participants_before_join
 * @property {string} engine
 *
 * @typedef {Object} Meeting
 * @property {string} id
 * @property {string} started_at
 * @property {boolean} suspended
 * @property {"MESH" | "RELAY"} engine how media travels now
 * @property {"MESH" | "RELAY"} engine how media travels now
 * @property {string | null} ends_at when it ends, unless a host comes back
 *
 * @typedef {Object} Snapshot
 * @property {number} seq
 * @property {Meeting} meeting
 * @property {Room} room
 * @property {Person[]} participants
 *
 * @typedef {Object} Joined
 * @property {string} you
 * @property {string} connection
 * @property {boolean} owner whether the room is this person's, whoever hosts now
 * @property {boolean} returned whether the seat was still held, so that the others still know this page's peers
 * @property {number} renewal seconds
 * @property {RTCIceServer[]} ice_servers
 * @property {Snapshot} snapshot
 *
 * @typedef {Object} WaitingPlace
 * @property {number} waiting place in the queue, from 1
 * @property {string} message of the host to who waits
 * @property {string} connection
 * @property {number} renewal seconds
 */
export {};
