"""One office in one sealed file: exporting, restoring, and the erasing that ends an office.

The file is read and written in a stream; nothing of it is ever whole in memory.
"""
