"""A population at a time: genotypes in flat arrays, and compiled operators over them.

The operators draw what those of :mod:`gegp.representations` draw, and make the same genotypes
to the bit. They are compiled by numba (extra ``[fast]``), which is imported here alone.
"""
