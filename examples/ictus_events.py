"""Event streams as numpy arrays, by the C interface of libictus.

    import ictus_events
    stream = ictus_events.read("song.evs")
    stream.events["onset_samples"], stream.events["vector"]     # [N], [N, 32]
    samples = ictus_events.decode("song.evs")                   # [frames, channels], float32, full scale 1

Errors are ictus_events.Error: what is wrong, and `hint`, what to do about it. Needs libictus.so.0, whose place
ICTUS_LIBRARY may name, and numpy.
"""

import ctypes
import dataclasses
import os

import numpy

INTERFACE = 0
DONE, END = 0, 1
# struct ictus_event, 144 bytes.
EVENT = numpy.dtype([("onset_samples", "i8"), ("gain_db", "f4"), ("vector", "f4", 32)], align=True)


class Error(Exception):
    def __init__(self, what, hint):
        super().__init__(what)
        self.hint = hint


@dataclasses.dataclass
class Number:
    """A number of a vector that has a name: it runs from -1, `low`, to 1, `high`."""

    name: str
    unit: str
    low: float
    high: float
    is_ratio: bool

    def value_of(self, number):
        """What numbers of vectors, of any shape, are in the unit."""
        part = (numpy.asarray(number, "f8") + 1) / 2
        return self.low * (self.high / self.low) ** part if self.is_ratio else self.low + part * (self.high - self.low)


@dataclasses.dataclass
class Stream:
    events: numpy.ndarray   # [N] of EVENT, in order of onset
    length_samples: int     # of each channel
    sample_rate_hz: int
    channels: int           # of the decoded sound
    model_id: str
    tags: list              # (field, value)
    numbers: list           # Number, of the first numbers of each vector


def _load():
    library = ctypes.CDLL(os.environ.get("ICTUS_LIBRARY", f"libictus.so.{INTERFACE}"))
    pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
    out = ctypes.POINTER
    for name, result, *arguments in (
            ("interface", ctypes.c_int), ("error_what", text), ("error_hint", text),
            ("reader_open", ctypes.c_int, text, out(pointer)), ("reader_free", None, pointer),
            ("reader_header", pointer, pointer), ("reader_length_samples", ctypes.c_uint64, pointer),
            ("reader_next", ctypes.c_int, pointer, out(pointer), out(size), out(ctypes.c_int64)),
            ("header_sample_rate_hz", ctypes.c_int, pointer), ("header_channels", ctypes.c_int, pointer),
            ("header_model_id", text, pointer), ("header_tags", size, pointer), ("header_numbers", size, pointer),
            ("header_tag", ctypes.c_int, pointer, size, out(text), out(text)),
            ("header_number", ctypes.c_int, pointer, size, out(text), out(text), out(ctypes.c_float), out(ctypes.c_float),
             out(ctypes.c_int)),
            ("model_load", ctypes.c_int, text, out(pointer)), ("model_free", None, pointer),
            ("decoder_new", ctypes.c_int, pointer, pointer, out(pointer)), ("decoder_free", None, pointer),
            ("decoder_push", ctypes.c_int, pointer, pointer, size, ctypes.c_int64, out(pointer), out(size)),
            ("decoder_finish", ctypes.c_int, pointer, ctypes.c_uint64, out(pointer), out(size))):
        function = getattr(library, "ictus_" + name)
        function.restype, function.argtypes = result, arguments
    if library.ictus_interface() != INTERFACE:
        raise ImportError(f"libictus has interface {library.ictus_interface()}, and this file is for {INTERFACE}")
    return library


_library = _load()


def _call(name, *arguments):
    """The status, DONE or END; raises what went wrong."""
    status = getattr(_library, "ictus_" + name)(*arguments)
    if status not in (DONE, END):
        raise Error(_library.ictus_error_what().decode(), _library.ictus_error_hint().decode())
    return status


class _Owned:
    """What the library made; it is freed at the end of a `with`."""

    def __init__(self, kind, make, *arguments):
        self._free = getattr(_library, f"ictus_{kind}_free")
        self.pointer = ctypes.c_void_p()
        _call(make, *arguments, ctypes.byref(self.pointer))

    def __enter__(self):
        return self.pointer

    def __exit__(self, *_):
        self._free(self.pointer)


def _array(pointer, dtype, shape):
    """A copy of what is lent."""
    count = int(numpy.prod(shape))
    if count == 0:
        return numpy.zeros(shape, dtype)
    lent = ctypes.string_at(pointer, count * numpy.dtype(dtype).itemsize)
    return numpy.frombuffer(lent, dtype).reshape(shape).copy()


def _blocks(reader):
    """(pointer to events, count, end_samples) of each block; the pointer is good until the next one."""
    events, count, end = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_int64()
    while _call("reader_next", reader, ctypes.byref(events), ctypes.byref(count), ctypes.byref(end)) == DONE:
        yield events, count.value, end.value


def _header(header):
    texts = ctypes.c_char_p(), ctypes.c_char_p()
    both = [ctypes.byref(text) for text in texts]
    tags, numbers = [], []
    for place in range(_library.ictus_header_tags(header)):
        _call("header_tag", header, place, *both)
        tags.append(tuple(text.value.decode() for text in texts))
    low, high, is_ratio = ctypes.c_float(), ctypes.c_float(), ctypes.c_int()
    for place in range(_library.ictus_header_numbers(header)):
        _call("header_number", header, place, *both, ctypes.byref(low), ctypes.byref(high), ctypes.byref(is_ratio))
        numbers.append(Number(*(text.value.decode() for text in texts), low.value, high.value, bool(is_ratio.value)))
    return {"sample_rate_hz": _library.ictus_header_sample_rate_hz(header),
            "channels": _library.ictus_header_channels(header),
            "model_id": _library.ictus_header_model_id(header).decode(), "tags": tags, "numbers": numbers}


def read(path):
    """The stream in a file."""
    with _Owned("reader", "reader_open", os.fsencode(path)) as reader:
        events = [_array(pointer, EVENT, (count,)) for pointer, count, _ in _blocks(reader)]
        return Stream(events=numpy.concatenate(events) if events else numpy.zeros(0, EVENT),
                      length_samples=_library.ictus_reader_length_samples(reader),
                      **_header(_library.ictus_reader_header(reader)))


def decode(path, model=None):
    """Its sound: [frames, channels], float32, full scale 1. `model` is a file of weights; without it the installed one."""
    samples, frames = ctypes.c_void_p(), ctypes.c_size_t()
    out = ctypes.byref(samples), ctypes.byref(frames)
    with _Owned("reader", "reader_open", os.fsencode(path)) as reader, \
            _Owned("model", "model_load", None if model is None else os.fsencode(model)) as weights:
        header = _library.ictus_reader_header(reader)
        channels = _library.ictus_header_channels(header)
        pieces = []
        with _Owned("decoder", "decoder_new", weights, header) as decoder:
            for pointer, count, end in _blocks(reader):
                _call("decoder_push", decoder, pointer, count, end, *out)
                pieces.append(_array(samples, "f4", (frames.value, channels)))
            _call("decoder_finish", decoder, _library.ictus_reader_length_samples(reader), *out)
            pieces.append(_array(samples, "f4", (frames.value, channels)))
        return numpy.concatenate(pieces)
