"""Documents: what people hand in, from the upload to the encrypted shelf and back.

May import tenants and config, and of core only the spine. Stays empty of imports, because the
inspector's child process starts from here and should load nothing that it does not need.
"""
