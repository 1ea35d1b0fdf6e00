"""SRTP keys of tests, by cipher."""

from pylibsrtp import Policy, Session

from relay.srtp import Keys

PROFILES = [(Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 28), (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 10, 30)]


def keys_of(profile: tuple[int, int, int], first: int = 0) -> Keys:
    protection, tag, length = profile
    policy = Policy(bytes(range(first, first + length)), Policy.SSRC_ANY_OUTBOUND, 0, protection)
    policy.window_size = 1024
    return Keys(Session(policy), Session(policy), tag)
