"""Generators of training audio, one module for each kind; see script/render-training-audio."""
