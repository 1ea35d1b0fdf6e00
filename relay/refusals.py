"""What is answered instead of doing what was asked: a stable code and a sentence."""


class Refused(Exception):
    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
