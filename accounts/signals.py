"""What others may listen to about people. Nothing here knows who listens; sockets and rooms do.

`signed_out(user, session_key)`: after the commit that ended one session, or with None every one, of a person.
`account_closing(user)`: inside the transaction that deletes a person, while their rows still stand.
"""

from django.dispatch import Signal

signed_out = Signal()
account_closing = Signal()
