/* What comes is read, decrypted and given the form that all receivers get, and what goes is copied and encrypted, in one
   call for many packets. SRTP is the library that Python loaded. See native.py. */

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

enum { HEADER = 12, LARGEST = 1500, DATAGRAM = 2048, READS = 64, PACKETS = 2 * READS };
enum { NAME = sizeof(struct sockaddr_in6), SEGMENTS = 16, ROOM = 1664, SPARE = 144, BLOCK = 8 * ROOM, MESSAGES = 64 };
enum { NOT_GENUINE, UNUSUAL, USUAL };
enum { AUDIO, VIDEO, VP8 };

struct packet {
    /* As it came: `length` bytes in `data`, and how many of one source from one address begin here (0: no RTP), together
       `together` bytes. */
    uint32_t length, count, together, source, name_length;
    uint8_t name[NAME];
    /* As relay.rtp.Normalised. What is behind the twelve bytes of the header is at `body_at` in `data`. -1: no `number`
       of the transport, no `level`. */
    uint32_t size, timestamp;
    int32_t number, level;
    uint16_t sequence, picture, picture_at, tl0_at, payload_at, body_at;
    uint8_t first, second, tl0, keyframe, state, spare[3];
    uint8_t data[DATAGRAM];
};

/* How to read one source: ids of header extensions, 0 for none; `type` as it comes, `canonical` as it goes on. */
struct reading {
    void *session;
    uint8_t type, canonical, kind, transport_cc, audio_level, orientation, send_time[3], spare[7];
};

/* As relay.rewriting.Segment, and whose it is. */
struct copy {
    void *session;
    uint32_t ssrc, timestamp;
    uint16_t sequence, picture;
    uint8_t tl0, tag, spare[2];
    uint32_t name_length;
    uint8_t name[NAME];
};

/* As relay.batches.Run: datagrams for one address one behind the other. */
struct run {
    uint32_t name_length, start, end, limit, segment, count;
    uint8_t name[NAME];
};

/* Runs number `first` to `last` wait, modulo `most`, each in a block. `packets` to `dropped` are since Python looked. */
struct outbox {
    struct run *runs;
    uint8_t *blocks;
    int32_t socket;
    uint32_t plain, most, first, last, next;
    uint64_t packets, bytes, errors, dropped;
};

static int (*protect)(void *session, void *packet, int *length);
static int (*unprotect)(void *session, void *packet, int *length);
static struct packet packets[PACKETS];
static uint8_t order[READS];

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) << 16 | get16(at + 2);
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* Reading */

/* And no RTCP (RFC 5761, 4). */
static int is_rtp(const struct packet *packet)
{
    const uint8_t *data = packet->data;

    return packet->length >= HEADER && packet->length < DATAGRAM && (data[0] & 0xc0) == 0x80 &&
           (data[1] < 192 || data[1] > 223);
}

static int goes_on(const struct packet *packet, const struct packet *next)
{
    return next->count && next->source == packet->source && next->name_length == packet->name_length &&
           !memcmp(next->name, packet->name, packet->name_length);
}

/* What waits in the socket, into the packets from `first` on, of which READS are for this: how many, or a negative
   errno. */
int relay_read(int socket, uint32_t first)
{
    static struct mmsghdr messages[READS];
    static struct iovec parts[READS];
    int count;

    if (first >= READS)
        return 0;
    for (uint32_t at = first; at < READS; at++) {
        parts[at] = (struct iovec){ packets[at].data, DATAGRAM };
        messages[at].msg_hdr = (struct msghdr){ .msg_name = packets[at].name, .msg_namelen = sizeof packets[at].name,
                                                .msg_iov = parts + at, .msg_iovlen = 1 };
    }
    count = recvmmsg(socket, messages + first, READS - first, MSG_DONTWAIT, NULL);
    if (count < 0)
        return -errno;
    for (int at = count - 1; at >= 0; at--) {
        struct packet *packet = packets + first + at;
        const struct mmsghdr *message = messages + first + at;

        packet->length = packet->together = message->msg_len;
        packet->name_length = message->msg_hdr.msg_namelen;
        if (packet->name_length > NAME)
            packet->name_length = 0;
        memset(packet->name + packet->name_length, 0, NAME - packet->name_length);
        packet->count = is_rtp(packet);
        packet->source = packet->count ? get32(packet->data + 8) : 0;
        if (packet->count && at + 1 < count && goes_on(packet, packet + 1)) {
            packet->count += packet[1].count;
            packet->together += packet[1].together;
        }
    }
    return count;
}

/* relay.codecs.vp8, but for what is too short: 0. */
static int read_vp8(struct packet *packet, const uint8_t *payload, uint32_t size)
{
    uint32_t at = 1, picture_at = 0, tl0_at = 0;
    uint8_t flags;

    packet->picture = packet->tl0 = 0;
    if (payload[0] & 0x80) {
        if (size < 2)
            return 0;
        flags = payload[1];
        at = 2;
        if (flags & 0x80) {
            if (at + 2 > size)
                return 0;
            packet->picture = payload[at];
            if (payload[at] & 0x80) {
                packet->picture = (uint16_t)(get16(payload + at) & 0x7fff);
                picture_at = at++;
            }
            at++;
        }
        if (flags & 0x40) {
            if (at >= size)
                return 0;
            packet->tl0 = payload[at];
            tl0_at = picture_at ? at : 0;
            at++;
        }
        at += (flags & 0x30) != 0;
    }
    if (at >= size)
        return 0;
    packet->keyframe = !(payload[at] & 1) && (payload[0] & 0x17) == 0x10;
    packet->picture_at = (uint16_t)picture_at;
    packet->tl0_at = (uint16_t)tl0_at;
    return 1;
}

/* Behind the extensions of RFC 8285 in their short form; 0: they are other ones, or too long. */
static uint32_t read_extensions(struct packet *packet, const struct reading *how, int *turned)
{
    const uint8_t *data = packet->data;
    uint32_t at = HEADER, end;

    if (!(data[0] & 0x10))
        return at;
    if (at + 4 > packet->length || get16(data + at) != 0xbede)
        return 0;
    end = at + 4 + get16(data + at + 2) * 4;
    if (end > packet->length)
        return 0;
    for (at += 4; at < end;) {
        uint32_t id = data[at] >> 4, size = (data[at] & 15u) + 1;

        if (!data[at]) {
            at++;
            continue;
        }
        if (id == 0 || id == 15 || at + 1 + size > end)
            return 0;
        if (id == how->transport_cc)
            packet->number = size == 2 ? (int32_t)get16(data + at + 1) : -1;
        if (id == how->audio_level)
            packet->level = data[at + 1];
        if (id == how->orientation)
            *turned = data[at + 1];
        at += 1 + size;
    }
    return end;
}

/* The extensions that all receivers get, as relay.rtp writes them: how many bytes. */
static uint32_t write_extensions(uint8_t *out, const struct packet *packet, const struct reading *how, int turned)
{
    uint32_t words = turned < 0 || how->kind == AUDIO ? 1 : 2;

    if (how->kind == AUDIO && packet->level < 0)
        return 0;
    memset(out, 0, 12);
    put16(out, 0xbede);
    put16(out + 2, words);
    if (how->kind == AUDIO) {
        out[4] = 0x10;
        out[5] = (uint8_t)packet->level;
        return 8;
    }
    out[4] = 0x22;
    memcpy(out + 5, how->send_time, 3);
    if (words == 2) {
        out[8] = 0x30;
        out[9] = (uint8_t)turned;
    }
    return 4 + 4 * words;
}

/* relay.rtp.parse and normalise for what browsers send; 0: it is something else, and as it was. */
static int read_one(struct packet *packet, const struct reading *how)
{
    uint8_t *data = packet->data, extensions[12];
    uint32_t at, extended, size;
    int turned = -1;

    packet->number = packet->level = -1;
    packet->picture = packet->picture_at = packet->tl0_at = packet->tl0 = 0;
    packet->keyframe = how->kind == AUDIO;
    if (packet->length > LARGEST || (data[0] & 0xef) != 0x80 || (data[1] & 0x7f) != how->type)
        return 0;
    at = read_extensions(packet, how, &turned);
    if (!at || at >= packet->length)
        return 0;
    if (how->kind == VP8 && !read_vp8(packet, data + at, packet->length - at))
        return 0;
    extended = write_extensions(extensions, packet, how, turned);
    size = HEADER + extended + packet->length - at;
    if (size > LARGEST)
        return 0;
    packet->size = size;
    packet->first = extended ? 0x90 : 0x80;
    packet->second = (data[1] & 0x80) | how->canonical;
    packet->sequence = (uint16_t)get16(data + 2);
    packet->timestamp = get32(data + 4);
    packet->body_at = (uint16_t)(at - extended);
    packet->payload_at = (uint16_t)(HEADER + extended);
    if (packet->picture_at)
        packet->picture_at += packet->payload_at;
    if (packet->tl0_at)
        packet->tl0_at += packet->payload_at;
    memcpy(data + packet->body_at, extensions, extended);
    return 1;
}

/* Decrypts those from `at` on, all of one source, and gives them the form in which they go on. */
void relay_open(const struct reading *how, uint32_t at, uint32_t count)
{
    for (; count && at < READS; at++, count--) {
        struct packet *packet = packets + at;
        int length = (int)packet->length;

        packet->state = NOT_GENUINE;
        if (unprotect(how->session, packet->data, &length) || length < HEADER)
            continue;
        packet->length = (uint32_t)length;
        packet->state = read_one(packet, how) ? USUAL : UNUSUAL;
    }
}

/* Copying */

static void write_one(const struct packet *packet, const struct copy *copy, uint8_t *at)
{
    at[0] = packet->first;
    at[1] = packet->second;
    put16(at + 2, (uint32_t)packet->sequence + copy->sequence);
    put32(at + 4, packet->timestamp + copy->timestamp);
    put32(at + 8, copy->ssrc);
    memcpy(at + HEADER, packet->data + packet->body_at, packet->size - HEADER);
    if (!packet->picture_at || !(copy->picture || copy->tl0))
        return;
    if (packet->picture_at + 2u <= packet->size)
        put16(at + packet->picture_at, 0x8000u | ((uint32_t)packet->picture + copy->picture));
    if (packet->tl0_at && packet->tl0_at < packet->size)
        at[packet->tl0_at] = (uint8_t)(packet->tl0 + copy->tl0);
}

static int is_whole(const struct packet *packet)
{
    return packet->size >= HEADER && packet->size <= LARGEST && packet->body_at + packet->size - HEADER <= DATAGRAM;
}

static uint8_t *block_of(struct outbox *box, const struct run *run)
{
    return box->blocks + (run - box->runs) * BLOCK;
}

/* The one that may grow. Receivers mostly come in the same order again. */
static struct run *find(struct outbox *box, const struct copy *copy)
{
    uint32_t waiting = box->last - box->first;

    for (uint32_t n = 0, at = box->next; n < waiting; n++, at++) {
        struct run *run;

        if (at - box->first >= waiting)
            at = box->first;
        run = box->runs + at % box->most;
        if (run->limit && run->name_length == copy->name_length && !memcmp(run->name, copy->name, NAME)) {
            box->next = at + 1;
            return run;
        }
    }
    return NULL;
}

/* NULL: there is no room. */
static struct run *begin(struct outbox *box, const struct copy *copy, uint32_t length)
{
    struct run *run;

    if (box->last - box->first >= box->most)
        return NULL;
    run = box->runs + box->last++ % box->most;
    run->name_length = copy->name_length <= NAME ? copy->name_length : 0;
    memcpy(run->name, copy->name, NAME);
    run->start = run->end = run->count = 0;
    run->segment = length;
    run->limit = SEGMENTS * length < BLOCK - SPARE ? SEGMENTS * length : BLOCK - SPARE;
    return run;
}

/* The first `count` of `order`, for one receiver. A shorter one ends its run: the kernel cuts equal segments. */
static void copy_all(struct outbox *box, const struct copy *copy, uint32_t count)
{
    struct run *run = find(box, copy);

    for (uint32_t number = 0; number < count; number++) {
        const struct packet *packet = packets + order[number] % PACKETS;
        uint32_t length = packet->size + copy->tag;
        int size = (int)packet->size;
        uint8_t *at;

        if (!is_whole(packet) || length > ROOM)
            continue;
        if (run && (length > run->segment || run->end + length > run->limit)) {
            run->limit = 0;
            run = NULL;
        }
        if (!run && !(run = begin(box, copy, length))) {
            box->dropped++;
            continue;
        }
        at = block_of(box, run) + run->end;
        write_one(packet, copy, at);
        if (protect(copy->session, at, &size))
            continue;
        run->end += length;
        run->count++;
        if (length < run->segment)
            run->limit = 0;
    }
}

void relay_pass(struct outbox *box, const struct copy *const *copies, uint32_t receivers, uint32_t count)
{
    for (uint32_t number = 0; number < receivers; number++)
        copy_all(box, copies[number], count < READS ? count : READS);
}

/* Sending */

enum { GONE, LATER, REFUSED };

static int why(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? LATER : REFUSED;
}

static void done(struct outbox *box, const struct run *run)
{
    box->packets += run->count;
    box->bytes += run->end;
    box->first++;
}

/* One datagram after the other. */
static int send_plainly(struct outbox *box, struct run *run)
{
    while (run->start < run->end) {
        uint32_t left = run->end - run->start, length = left < run->segment ? left : run->segment;

        if (sendto(box->socket, block_of(box, run) + run->start, length, 0, (struct sockaddr *)run->name,
                   run->name_length) < 0)
            return why();
        run->start += length;
    }
    done(box, run);
    return GONE;
}

/* Many runs in one call, each of which the kernel cuts. */
static int send_many(struct outbox *box)
{
    static struct mmsghdr messages[MESSAGES];
    static struct iovec parts[MESSAGES];
    static union {
        uint8_t data[CMSG_SPACE(sizeof(uint16_t))];
        struct cmsghdr header;
    } controls[MESSAGES];
    struct run *first = box->runs + box->first % box->most;
    uint32_t count = 0;
    int sent;

    for (uint32_t at = box->first; at != box->last && count < MESSAGES; at++, count++) {
        struct run *run = box->runs + at % box->most;
        struct msghdr *message = &messages[count].msg_hdr;
        uint16_t segment = (uint16_t)run->segment;

        if (!run->count)
            break;
        parts[count] = (struct iovec){ block_of(box, run) + run->start, run->end - run->start };
        *message = (struct msghdr){ .msg_name = run->name, .msg_namelen = run->name_length, .msg_iov = parts + count,
                                    .msg_iovlen = 1 };
        if (run->count == 1)
            continue;
        message->msg_control = controls + count;
        message->msg_controllen = sizeof controls->data;
        controls[count].header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof segment), .cmsg_level = IPPROTO_UDP,
                                                   .cmsg_type = UDP_SEGMENT };
        memcpy(CMSG_DATA(&controls[count].header), &segment, sizeof segment);
    }
    sent = sendmmsg(box->socket, messages, count, 0);
    for (int at = 0; at < sent; at++)
        done(box, box->runs + box->first % box->most);
    if (sent > 0)
        return GONE;
    if (first->count > 1 && (errno == EIO || errno == EOPNOTSUPP || errno == ENOPROTOOPT)) {
        box->plain = 1; /* this way out takes no segments */
        return GONE;
    }
    if (first->count > 1 && (errno == EMSGSIZE || errno == EINVAL)) /* but fragments, perhaps */
        return send_plainly(box, first);
    return why();
}

/* Whether the socket takes no more for now, and something still waits. */
int relay_send(struct outbox *box)
{
    while (box->first != box->last) {
        struct run *run = box->runs + box->first % box->most;
        int how = !run->count ? REFUSED : box->plain ? send_plainly(box, run) : send_many(box);

        if (how == LATER)
            return 1;
        if (how == REFUSED) {
            box->errors += run->count > 0;
            box->first++;
        }
    }
    box->first = box->last = box->next = 0; /* memory that was just used is near */
    return 0;
}

/* With Python */

void relay_use(int (*protecting)(void *, void *, int *), int (*unprotecting)(void *, void *, int *))
{
    protect = protecting;
    unprotect = unprotecting;
}

struct packet *relay_packets(void)
{
    return packets;
}

uint8_t *relay_order(void)
{
    return order;
}

/* What Python must know of all this to be true; SOURCE is given by who compiles. */
void relay_layout(uint32_t layout[11])
{
    layout[0] = SOURCE;
    layout[1] = READS;
    layout[2] = sizeof(struct packet);
    layout[3] = offsetof(struct packet, size);
    layout[4] = offsetof(struct packet, data);
    layout[5] = sizeof(struct reading);
    layout[6] = sizeof(struct copy);
    layout[7] = sizeof(struct outbox);
    layout[8] = offsetof(struct outbox, packets);
    layout[9] = sizeof(struct run);
    layout[10] = BLOCK;
}
