"""Papers: what people print and bring. PDFs made by typst from plain views of words."""
