"""The short form of a file's content, in which the expected results beside the files are kept."""

import hashlib
import struct

MOST_SHOWN = 8


def block_summary(block):
    """End, number of events and a hash of all their values; of few events also onsets and gains."""
    hasher = hashlib.sha256()
    for onset, gain, vector in block["events"]:
        hasher.update(struct.pack("<q33f", onset, gain, *vector))
    summary = {"end_samples": block["end_samples"], "events": len(block["events"])}
    if len(block["events"]) <= MOST_SHOWN:
        summary["onsets_samples"] = [event[0] for event in block["events"]]
        summary["gains_db"] = [event[1] for event in block["events"]]
    summary["sha256"] = hasher.hexdigest()
    return summary


def clip_summary(clip):
    """Columns, level, numbers of tokens and a hash of them; of few tokens also themselves."""
    hasher = hashlib.sha256()
    for tokens in clip["scales"]:
        hasher.update(struct.pack(f"<I{len(tokens)}H", len(tokens), *tokens))
    summary = {"columns": clip["columns"], "level_db": clip["level_db"]}
    summary["tokens"] = [len(tokens) for tokens in clip["scales"]]
    if sum(summary["tokens"]) <= MOST_SHOWN:
        summary["scales"] = clip["scales"]
    summary["sha256"] = hasher.hexdigest()
    return summary


def file_summary(found):
    """From the output of a reader; the wording of its errors is its own and left out."""
    summary = {key: found[key] for key in ("result", "at", "header", "totals") if key in found}
    if "blocks" in found:
        summary["blocks"] = [block_summary(block) for block in found["blocks"]]
    if "clips" in found:
        summary["clips"] = [clip_summary(clip) for clip in found["clips"]]
    if "unfinished" in found:
        summary["unfinished"] = clip_summary(found["unfinished"])
    return summary
