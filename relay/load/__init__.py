"""Peers that load a relay from outside: one socket each, checks, DTLS and SRTP as a browser has them, and next to no
work for what they receive, so that what is measured is the server. Other WebRTC servers can be loaded the same way.
"""
