"""Representations: what a genotype is, how it maps to a program and how it varies."""
