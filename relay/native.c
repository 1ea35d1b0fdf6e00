/* Copies of one burst for one receiver: headers with its numbers, and SRTP by the library Python loaded. See native.py. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HEADER = 12, LARGEST = 1500 };

/* As relay.rtp.Normalised; `body` is what is behind the twelve bytes of the header. */
struct packet {
    uint32_t size, timestamp;
    uint16_t sequence, picture, picture_at, tl0_at;
    uint8_t first, second, tl0, spare;
    uint8_t body[LARGEST - HEADER];
};

/* As relay.rewriting.Segment, then where the copies go: `room` bytes from `at` on, none longer than `segment`. */
struct copy {
    void *session;
    uint32_t ssrc, timestamp;
    uint16_t sequence, picture;
    uint8_t tl0, tag, spare[2];
    uint8_t *at;
    uint32_t room, segment, next, count;
    uint32_t written, bytes;
};

static int (*protect)(void *session, void *packet, int *length);

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

static void write_one(const struct packet *packet, const struct copy *copy, uint8_t *at)
{
    at[0] = packet->first;
    at[1] = packet->second;
    put16(at + 2, (uint32_t)packet->sequence + copy->sequence);
    put32(at + 4, packet->timestamp + copy->timestamp);
    put32(at + 8, copy->ssrc);
    memcpy(at + HEADER, packet->body, packet->size - HEADER);
    if (!packet->picture_at || !(copy->picture || copy->tl0))
        return;
    if (packet->picture_at + 2u <= packet->size)
        put16(at + packet->picture_at, 0x8000u | ((uint32_t)packet->picture + copy->picture));
    if (packet->tl0_at && packet->tl0_at < packet->size)
        at[packet->tl0_at] = (uint8_t)(packet->tl0 + copy->tl0);
}

/* From packet `next` of `count` on, for the first of which there is room, until one is too long or does not fit, or was
   shorter than the others: a run ends there. Says in `written` and `bytes` what is there now, and in `next` where to go
   on. */
void relay_copy(const struct packet *packets, struct copy *copy)
{
    uint8_t *at = copy->at;
    uint32_t left = copy->room, first = copy->next;

    copy->written = copy->bytes = 0;
    while (copy->next < copy->count) {
        const struct packet *packet = packets + copy->next;
        uint32_t length = packet->size + copy->tag;
        int size = (int)packet->size;

        int fits = length <= copy->segment && length <= left;

        if (!fits && copy->next > first)
            return;
        copy->next++;
        if (!fits || packet->size < HEADER || packet->size > LARGEST)
            continue;
        write_one(packet, copy, at);
        if (protect(copy->session, at, &size))
            continue;
        at += length;
        left -= length;
        copy->bytes += length;
        copy->written++;
        if (length < copy->segment)
            return;
    }
}

void relay_use(int (*function)(void *, void *, int *))
{
    protect = function;
}

/* What Python must know of all this to be true; SOURCE is given by who compiles. */
void relay_layout(uint32_t layout[5])
{
    layout[0] = SOURCE;
    layout[1] = sizeof(struct packet);
    layout[2] = offsetof(struct packet, body);
    layout[3] = sizeof(struct copy);
    layout[4] = offsetof(struct copy, at);
}
