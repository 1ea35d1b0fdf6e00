// Runs in each page before its own scripts: a camera and a microphone that need no device, and what is seen and heard.
(({ people, you }) => {
  const [WIDTH, HEIGHT, FPS, LOUD] = [320, 180, 15, 0.1];
  /** Everybody has a chord of their own; whole periods in 10 ms, so that the chords do not disturb each other. */
  const chord = (who) => [500, 1100, 1700].map((hertz) => hertz + 100 * people.indexOf(who));
  const peers = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      peers.push(this);
    }
  };

  const microphone = () => {
    const context = new AudioContext();
    const volume = new GainNode(context, { gain: LOUD });
    const made = context.createMediaStreamDestination();
    volume.connect(made);
    for (const frequency of chord(you)) {
      const tone = new OscillatorNode(context, { frequency });
      tone.connect(volume);
      tone.start();
    }
    return made.stream.getTracks()[0];
  };

  /** In a worker, as a real camera does not wait for the page either. */
  const camera = () => {
    const draw = ({ data: { writable, width, height, fps } }) => {
      const [writer, canvas] = [writable.getWriter(), new OffscreenCanvas(width, height)];
      const context = canvas.getContext("2d");
      let count = 0;
      setInterval(() => {
        context.fillStyle = `hsl(${(count * 3) % 360} 60% 50%)`;
        context.fillRect(0, 0, width, height);
        context.fillStyle = "white";
        context.fillRect((count * 5) % width, height / 3, 40, 60);
        writer.write(new VideoFrame(canvas, { timestamp: (count++ * 1e6) / fps })).catch(() => undefined);
      }, 1000 / fps);
    };
    const code = new Blob([`onmessage = ${draw}`], { type: "text/javascript" });
    const track = new MediaStreamTrackGenerator({ kind: "video" });
    const { writable } = track;
    const order = { writable, width: WIDTH, height: HEIGHT, fps: FPS };
    new Worker(URL.createObjectURL(code)).postMessage(order, [writable]);
    return track;
  };

  /** The longest time without something, in milliseconds. */
  class Longest {
    constructor() {
      this.begin();
    }
    begin() {
      [this.since, this.longest] = [performance.now(), 0];
    }
    there(now) {
      this.look(now);
      this.since = now;
    }
    look(now) {
      this.longest = Math.max(this.longest, now - this.since);
    }
  }

  const others = people.filter((one) => one !== you);
  const seen = Object.fromEntries(
    others.map((one) => [one, { sound: new Longest(), picture: new Longest(), light: new Longest() }]),
  );
  const videoOf = (one) => [...document.querySelectorAll(`.tile[aria-label^="${one}"] video`)].at(-1); // the upper one

  const followed = new WeakSet();
  const follow = (one, video) => {
    followed.add(video);
    const presented = () => {
      if (videoOf(one) === video) seen[one].picture.there(performance.now());
      video.requestVideoFrameCallback(presented);
    };
    video.requestVideoFrameCallback(presented);
  };
  const lookAtPictures = () => {
    for (const one of others)
      for (const video of document.querySelectorAll(`.tile[aria-label^="${one}"] video`))
        if (!followed.has(video)) follow(one, video);
  };
  const lookForBlack = () => {
    for (const one of others) if (videoOf(one)?.readyState >= 2) seen[one].light.there(performance.now());
  };

  const waves = {};
  const wave = (turn, hertz, rate, length) =>
    (waves[`${turn} ${hertz} ${length}`] ??= Float32Array.from({ length }, (_, at) =>
      Math.cos(turn + (2 * Math.PI * hertz * at) / rate),
    ));
  const product = (samples, other) => samples.reduce((sum, sample, at) => sum + sample * other[at], 0);
  /** Of the loudest tone of somebody's chord, 1 is full scale. */
  const loudness = (samples, rate, who) => {
    const parts = chord(who).map((hertz) => {
      const sides = [0, Math.PI / 2].map((turn) => product(samples, wave(turn, hertz, rate, samples.length)));
      return (2 * Math.hypot(...sides)) / samples.length;
    });
    return Math.max(...parts);
  };

  /** What comes out of this tab's loudspeaker, in pieces of 10 ms; their own time counts, not when they are read. */
  const listen = async () => {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      preferCurrentTab: true,
      video: { width: 16, height: 16, frameRate: 1 },
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const [track] = stream.getAudioTracks();
    stream.getVideoTracks()[0].stop();
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 }).readable.getReader();
    let offset = null;
    for (;;) {
      const { value: data } = await reader.read();
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      offset ??= performance.now() - data.timestamp / 1000;
      const now = data.timestamp / 1000 + offset;
      for (const one of others)
        if (loudness(samples, data.sampleRate, one) > LOUD / 5) seen[one].sound.there(now);
      data.close();
    }
  };

  window.handOver = {
    listen: () => void listen(),
    begin: () => others.forEach((one) => Object.values(seen[one]).forEach((what) => what.begin())),
    read: () => {
      const now = performance.now();
      return others.map((one) => {
        const { sound, picture, light } = seen[one];
        for (const what of [sound, picture, light]) what.look(now);
        return { one, silence: sound.longest, standstill: picture.longest, black: light.longest };
      });
    },
    connections: () => peers.filter(({ connectionState }) => connectionState !== "closed").length,
    /** The path to whoever was met at this place. */
    breakPath: (place) => peers[place].close(),
  };
  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getUserMedia = async ({ audio }) => new MediaStream([audio ? microphone() : camera()]);
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(lookAtPictures).observe(document.body, { childList: true, subtree: true });
    setInterval(lookForBlack, 20);
  });
})
