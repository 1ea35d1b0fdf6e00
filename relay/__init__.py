"""The media relay: forwards what people send, without ever decoding it. Imports nothing else of ours."""
