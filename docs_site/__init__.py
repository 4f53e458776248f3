"""The site of ``docs/``: what is made of the pages, the sources and the assembly before MkDocs builds it.

Pages read well where the repository is read; the site adds what would be typed twice: signatures, a page for
each error code, the files that pages link to, the navigation. ``python -m docs_site`` builds it.
"""
