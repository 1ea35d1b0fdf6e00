"""The media relay: forwards what people send to those who watch it, and never decodes.

It knows neither Django nor any other app of ours; the web processes talk to it over a socket.
"""
