"""Dialects of BNF: for each a Lark grammar of its tokens, and what they mean."""
