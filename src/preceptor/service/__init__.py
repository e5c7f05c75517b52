"""The Django project: one app a noun; thin pages, forms, APIs and storage over the parts below."""
