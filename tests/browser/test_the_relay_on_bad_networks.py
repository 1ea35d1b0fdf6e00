"""What people see and hear through the relay when the network between one of them and it is bad."""

from tests.browser.people import each_other, gets_frames, until

SOUND = """async () => {
  let [made, all] = [0, 0];
  for (const peer of window.keptForTests.peers.filter(({ connectionState }) => connectionState !== "closed"))
    for (const one of (await peer.getStats()).values()) {
      if (one.type !== "inbound-rtp" || one.kind !== "audio") continue;
      made += one.concealedSamples - one.silentConcealedSamples;
      all += one.totalSamplesReceived;
    }
  return [made, all];
}"""
PICTURE = """async () => {
  for (const peer of window.keptForTests.peers.filter(({ connectionState }) => connectionState === "connected"))
    for (const one of (await peer.getStats()).values())
      if (one.type === "inbound-rtp" && one.kind === "video") return one.frameHeight;
  return 0;
}"""
LARGE = {"width": 1600, "height": 1100}
HIGH = """localStorage["meet.devices"] = '{"quality": "high"}'"""
MADE = "() => window.keptForTests.peers.length"


def test_pictures_and_sound_survive_the_loss_of_every_twentieth_packet(cast, relayed, alice, network):
    lossy = network(loss=0.05, delay=0.02)
    host = cast.member(alice).join(relayed)
    gina = lossy.carries(cast.guest()).join(relayed)
    each_other(host, gina)
    before = {one: one.page.evaluate(SOUND) for one in (host, gina)}

    for _ in range(15):
        gets_frames(host, "Gina", 10, within=10)
        gets_frames(gina, "Alice", 10, within=10)

    for one in (host, gina):
        (made, of_it), (made_before, of_it_before) = one.page.evaluate(SOUND), before[one]
        share = (made - made_before) / (of_it - of_it_before)
        assert share < 0.03, f"{share:.1%} of what {one.name} hears is made up"
        assert one.page.evaluate(MADE) == 2
    assert lossy.up.lost > 50
    assert lossy.down.lost > 50


def test_media_goes_on_over_another_address(cast, relayed, alice, network):
    moving = network()
    host = cast.member(alice).join(relayed)
    gina = moving.carries(cast.guest()).join(relayed)
    each_other(host, gina)

    moving.change_addresses()

    for one, other in ((host, "Gina"), (gina, "Alice")):
        gets_frames(one, other, 30, within=15)
        one.hears_somebody()
        assert one.page.evaluate(MADE) == 2


def test_who_has_little_room_gets_a_small_picture_and_others_the_largest(cast, relayed, alice, bob, network):
    """Of one camera, sent 180, 360 and 720 lines high; nobody else's is on, for two cores decode no more."""
    narrow = network(down=300_000)
    host = cast.member(alice)
    host.context.add_init_script(HIGH)
    host.join(relayed)
    watchers = cast.member(bob, viewport=LARGE), narrow.carries(cast.guest(viewport=LARGE))
    for one in watchers:
        one.stand_in_lobby(relayed).press("Turn off camera")
        one.press("Turn off microphone")
        one.enter()

    member, gina = watchers
    until(lambda: member.page.evaluate(PICTURE) == 720, "Bob's picture stays small", within=45)  # Alice begins low
    until(lambda: gina.page.evaluate(PICTURE) == 180, "Gina's picture is not small, or none")
    made_before, of_it_before = gina.page.evaluate(SOUND)
    heights = set()
    for _ in range(20):
        for one in watchers:
            gets_frames(one, "Alice", 10, within=10)
        heights.add(gina.page.evaluate(PICTURE))

    assert heights == {180}
    until(lambda: member.page.evaluate(PICTURE) == 720, "Bob's picture does not stay large")
    made, of_it = gina.page.evaluate(SOUND)
    share = (made - made_before) / (of_it - of_it_before)
    assert share < 0.03, f"{share:.1%} of what Gina hears is made up"
