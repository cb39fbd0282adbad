#!/usr/bin/python3
"""A service that encodes many files on machines that come and go: how long it takes, and what is done twice.

    service.py        prints the table of docs/internet-scale.md

Workers take files from a queue. A machine is taken away without warning after a time that is exponentially distributed;
what its workers were at is given out again when its lease runs out, and another machine comes ten minutes later. All is
scaled down: a hundredth of the hours, on a hundredth of the cores.
"""

import heapq
import random

SPEED = 1.3             # hours of sound encoded in an hour of a core, at --effort 5
CORES = 16              # of a machine
MACHINES = 10
HOURS = 10_000
LEASE_H = 0.5
AWAY_H = 1 / 6


def lengths_h(kind, chance):
    """Files of HOURS of sound: songs of some 4 minutes; with "days" one file in a thousand is as long as a day."""
    left = HOURS
    while left > 0:
        length = 24.0 if kind == "days" and chance.random() < 0.001 else 4 / 60 * chance.lognormvariate(0.0, 0.4)
        left -= length
        yield length


def simulate(kind, lost_after_h, pieces, seed=1):
    """Hours until all is done, and the part of the work that was lost. With `pieces`, a machine's cores share a file."""
    chance = random.Random(seed)
    queue = list(lengths_h(kind, chance))
    work_h = sum(queue) / SPEED
    slots = MACHINES if pieces else MACHINES * CORES
    speed = SPEED * (0.95 * CORES if pieces else 1)
    free = [(0.0, slot) for slot in range(slots)]
    heapq.heapify(free)
    again, lost_h, done_h = [], 0.0, 0.0
    gone_at = [chance.expovariate(1 / lost_after_h) for _ in range(MACHINES)]
    while queue or again:
        now, slot = heapq.heappop(free)
        machine = slot % MACHINES
        while gone_at[machine] + AWAY_H <= now:
            gone_at[machine] += AWAY_H + chance.expovariate(1 / lost_after_h)
        if gone_at[machine] <= now:
            heapq.heappush(free, (gone_at[machine] + AWAY_H, slot))
            continue
        if again and again[0][0] <= now:
            length = heapq.heappop(again)[1]
        elif queue:
            length = queue.pop()
        else:
            heapq.heappush(free, (again[0][0], slot))
            continue
        end = now + length / speed
        if end > gone_at[machine]:
            lost_h += (gone_at[machine] - now) * (CORES if pieces else 1)
            heapq.heappush(again, (gone_at[machine] + LEASE_H, length))
            end = gone_at[machine] + AWAY_H
        else:
            done_h = max(done_h, end)
        heapq.heappush(free, (end, slot))
    return done_h, lost_h / work_h, work_h / (MACHINES * CORES)


if __name__ == "__main__":
    print("| files | a machine stays for | cores work on | done after | at best | lost work |\n|---|---:|---|---:|---:|---:|")
    for kind in ("songs", "days"):
        for lost_after_h in (1000.0, 24.0, 4.0):
            for pieces in (False, True):
                done_h, lost, best_h = simulate(kind, lost_after_h, pieces)
                print(f"| {kind} | {lost_after_h:g} h | {'pieces of one file' if pieces else 'a file each'} | {done_h:.1f} h "
                      f"| {best_h:.1f} h | {lost:.1%} |")
