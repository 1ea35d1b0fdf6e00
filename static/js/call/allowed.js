/** What this person may turn on now. The server decides; the page says so before asking. */
import { gettext } from "../lib/i18n.js";

/** @typedef {{microphone: string, camera: string, screen: string, reactions: string}} Barred why not; "" where they may */

/**
 * @param {import("./roster.js").Roster} roster
 * @returns {Barred}
 */
export function barred({ hosting, room, meeting }) {
  if (hosting) return { microphone: "", camera: "", screen: "", reactions: "" };
  if (meeting?.suspended) {
    const reason = gettext("The host has suspended the meeting.");
    return { microphone: reason, camera: reason, screen: reason, reactions: reason };
  }
  return {
    microphone: room?.allow_unmute === false ? gettext("The host does not allow unmuting.") : "",
    camera: room?.allow_camera === false ? gettext("The host does not allow cameras.") : "",
    screen: room?.allow_screen_share === false ? gettext("The host does not allow screen sharing.") : "",
    reactions: "",
  };
}

/**
 * What is off for who joins, also where a device comes only afterwards.
 * @param {import("./roster.js").Roster} roster
 */
export function offOnJoining(roster) {
  const { hosting, room } = roster;
  const { microphone, camera } = barred(roster);
  return {
    microphone: microphone !== "" || (!hosting && room?.mute_participants_on_join === true),
    camera: camera !== "" || (!hosting && room?.camera_off_on_join === true),
  };
}
