import assert from "node:assert/strict";
import { test } from "node:test";

import { factsOf } from "../../static/js/media/facts.js";

const PATH = [
  { id: "T", type: "transport", selectedCandidatePairId: "P" },
  { id: "P", type: "candidate-pair", localCandidateId: "L", currentRoundTripTime: 0.0234 },
  { id: "other", type: "candidate-pair", localCandidateId: "L", currentRoundTripTime: 9 },
  { id: "L", type: "local-candidate", candidateType: "srflx", protocol: "udp" },
];

test("a call that has no connection has nothing to tell", () => {
  assert.deepEqual(factsOf([]), {});
  assert.deepEqual(factsOf([[]]), {});
});

test("the path in use is told, with how long a round trip takes", () => {
  assert.deepEqual(factsOf([PATH, PATH]), { path: "srflx udp", round_trip: "23 ms" });
});

test("a path through TURN says how it gets there", () => {
  const turned = { id: "L", type: "local-candidate", candidateType: "relay", protocol: "udp", relayProtocol: "tcp" };
  assert.equal(factsOf([[...PATH.slice(0, 2), turned]]).path, "relay udp TURN tcp");
});

test("of several connections the worst counts", () => {
  const slow = PATH.map((one) => ({ ...one, currentRoundTripTime: 0.4 }));
  const lossy = [{ type: "remote-inbound-rtp", fractionLost: 0.02 }, { type: "inbound-rtp", kind: "audio", jitter: 0.005 }];
  const fine = [{ type: "remote-inbound-rtp", fractionLost: 0 }, { type: "inbound-rtp", kind: "audio", jitter: 0.001 }];
  const { round_trip: trip, lost_sending: lost, jitter } = factsOf([[...PATH, ...fine], [...slow, ...lossy]]);
  assert.deepEqual([trip, lost, jitter], ["400 ms", "2.0 %", "5 ms"]);
});

test("what was lost on the way in is counted over all that came", () => {
  const received = [
    { type: "inbound-rtp", kind: "audio", packetsLost: 5, packetsReceived: 95 },
    { type: "inbound-rtp", kind: "video", packetsLost: -2, packetsReceived: 100 }, // RFC 3550: duplicates count back
  ];
  assert.equal(factsOf([received]).lost_receiving, "2.5 %");
});

test("pictures are told by the largest, and by what keeps them small", () => {
  const pictures = [
    { type: "outbound-rtp", kind: "video", frameWidth: 320, frameHeight: 180, framesPerSecond: 30 },
    { type: "outbound-rtp", kind: "video", frameWidth: 640, frameHeight: 360, framesPerSecond: 29.6, qualityLimitationReason: "cpu" },
    { type: "outbound-rtp", kind: "video", qualityLimitationReason: "none" },
    { type: "inbound-rtp", kind: "video", frameWidth: 1280, frameHeight: 720 },
  ];
  const { sent_picture: sent, received_picture: received, held_back: held } = factsOf([pictures]);
  assert.deepEqual([sent, received, held], ["640×360, 30/s", "1280×720", "cpu"]);
});
