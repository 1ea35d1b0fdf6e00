/** What the browser's statistics (W3C webrtc-stats) say of a call, in a few short texts. */

/** @typedef {Record<string, any>} Entry one of an RTCStatsReport */
/** @typedef {Partial<Record<"path" | "round_trip" | "lost_sending" | "lost_receiving" | "jitter" | "sent_picture" |
 *   "received_picture" | "held_back", string>>} Facts what is not known is not there */

/**
 * @param {Iterable<Entry>[]} reports of each connection
 * @returns {Facts}
 */
export function factsOf(reports) {
  const entries = reports.map((report) => [...report]);
  const paths = entries.flatMap(pathsOf);
  const all = entries.flat();
  const of = (/** @type {string} */ type) => all.filter((one) => one.type === type);
  const pictures = of("inbound-rtp").filter(isPicture);
  const sent = of("outbound-rtp").filter(isPicture);
  return known({
    path: [...new Set(paths.map(({ words }) => words))].join(", "),
    round_trip: inMilliseconds(largest(paths.map(({ roundTrip }) => roundTrip))),
    lost_sending: inPercent(largest(of("remote-inbound-rtp").map(({ fractionLost }) => fractionLost))),
    lost_receiving: inPercent(lossOf(of("inbound-rtp"))),
    jitter: inMilliseconds(largest(of("inbound-rtp").map(({ jitter }) => jitter))),
    sent_picture: sizeOf(sent),
    received_picture: sizeOf(pictures),
    held_back: [...new Set(sent.map(({ qualityLimitationReason: why }) => why).filter((why) => why && why !== "none"))].join(", "),
  });
}

/** @param {Entry[]} entries of one connection */
function pathsOf(entries) {
  const byId = new Map(entries.map((one) => [one.id, one]));
  const used = entries.filter(({ type }) => type === "transport").map((one) => byId.get(one.selectedCandidatePairId));
  return used.filter((pair) => pair !== undefined).map((pair) => {
    const local = byId.get(pair.localCandidateId);
    const words = [local?.candidateType, local?.protocol, local?.relayProtocol && `TURN ${local.relayProtocol}`];
    return { words: words.filter(Boolean).join(" "), roundTrip: pair.currentRoundTripTime };
  });
}

/** @param {Entry[]} received */
function lossOf(received) {
  const lost = sum(received.map(({ packetsLost }) => Math.max(0, packetsLost ?? 0)));
  const all = lost + sum(received.map(({ packetsReceived }) => packetsReceived ?? 0));
  return all ? lost / all : undefined;
}

/** Of the largest. @param {Entry[]} pictures */
function sizeOf(pictures) {
  const shown = pictures.filter(({ frameWidth }) => frameWidth).sort((one, other) => other.frameWidth - one.frameWidth);
  if (!shown.length) return "";
  const { frameWidth, frameHeight, framesPerSecond } = shown[0];
  return `${frameWidth}×${frameHeight}${framesPerSecond ? `, ${Math.round(framesPerSecond)}/s` : ""}`;
}

/** @param {Entry} one */
function isPicture({ kind }) {
  return kind === "video";
}

/** @param {(number | undefined)[]} numbers */
function largest(numbers) {
  const found = numbers.filter((one) => one !== undefined);
  return found.length ? Math.max(...found) : undefined;
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((one, other) => one + other, 0);
}

/** @param {number | undefined} seconds */
function inMilliseconds(seconds) {
  return seconds === undefined ? "" : `${Math.round(seconds * 1000)} ms`;
}

/** @param {number | undefined} part */
function inPercent(part) {
  return part === undefined ? "" : `${(part * 100).toFixed(1)} %`;
}

/** @param {Facts} facts */
function known(facts) {
  return Object.fromEntries(Object.entries(facts).filter(([, text]) => text !== ""));
}
