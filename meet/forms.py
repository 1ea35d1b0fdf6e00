from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """`{{ form }}` and `{{ field.as_field_group }}` look the same on every page."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
