from django import forms


class UploadForm(forms.Form):
    """`size` stands after the file: a request that was cut has neither all of it nor this."""

    file = forms.FileField(allow_empty_file=True, max_length=None)
    client_id = forms.UUIDField()
    size = forms.IntegerField(min_value=0)
