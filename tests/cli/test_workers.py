"""Inputs that are shared by workers, and runs that are stopped and go on."""

import json
import os
import re
import signal
import subprocess
import unittest

from support import BIN, DONE, FAILED, ROOT, TIMEOUT_S, USAGE, Case, clip, encode, ictus, start, tone, wav_bytes

DOCUMENT = (ROOT / "docs/many-files.md").read_text(encoding="utf-8")
NAMES = [f"{number:02}.wav" for number in range(12)]

# What starts tasks, with the environment that Slurm and Open MPI give them.
TASKS = '''#!/bin/bash
count=${{1#--ntasks=}}
if [ "$1" = -n ]; then count=$2; shift; fi
shift
status=0
for ((i = 0; i < count; ++i)); do {environment} "$@" & done
for ((i = 0; i < count; ++i)); do wait -n || status=$?; done
exit $status
'''
STARTERS = {
    "srun": TASKS.format(environment='SLURM_STEP_ID=0 SLURM_PROCID=$i SLURM_STEP_NUM_TASKS=$count SLURM_NTASKS=$count'),
    "mpirun": TASKS.format(environment='OMPI_COMM_WORLD_RANK=$i OMPI_COMM_WORLD_SIZE=$count'),
    "sbatch": '''#!/bin/bash
last=$(sed -n 's/^#SBATCH --array=1-//p' "$1")
for ((i = 1; i <= last; ++i)); do SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=$last bash "$1" || exit; done
''',
}


def slurm(number, count, **more):
    """The environment of a task that srun began."""
    return environment(SLURM_STEP_ID=0, SLURM_PROCID=number, SLURM_STEP_NUM_TASKS=count, **more)


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not re.match("SLURM_|OMPI_|PMI_", name)}
    return {**kept, **{name: str(value) for name, value in more.items()}}


class Workers(Case):
    def setUp(self):
        super().setUp()
        (self.folder / "out").mkdir()

    def put_sounds(self, names=NAMES):
        for number, name in enumerate(names):
            self.put(name, wav_bytes(tone(0.3, seed=number)))

    def outputs(self):
        return sorted(name.removeprefix("out/") for name in self.files() if name.startswith("out/"))

    def lines(self, name="manifest.jsonl"):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def shared(self, *words, **options):
        """The inputs, of NAMES, that a worker takes."""
        run = encode("--json", *words, *NAMES, "-o", "out/", **options)
        self.assert_ended(run, DONE)
        return [json.loads(line)["input"] for line in run.stdout.splitlines()]

    def test_shares_make_the_whole(self):
        self.put_sounds()
        self.assertEqual([sorted(self.shared("--shard", f"{number}/5")) for number in range(1, 6)],
                         [NAMES[number::5] for number in range(5)])
        self.assertEqual(self.outputs(), [name.replace("wav", "evs") for name in NAMES])
        self.assertEqual(self.shared("--shard", "13/20"), [])

    def test_shares_of_the_environment(self):
        self.put_sounds()
        for share, variables in (
                (NAMES[2::5], slurm(2, 5)),
                (NAMES[3::5], environment(SLURM_STEP_ID=0, SLURM_PROCID=3, SLURM_NTASKS=5)),
                (NAMES[1::5], environment(OMPI_COMM_WORLD_RANK=1, OMPI_COMM_WORLD_SIZE=5)),
                (NAMES[4::5], environment(PMI_RANK=4, PMI_SIZE=5)),
                (NAMES[0::5], environment(SLURM_ARRAY_TASK_ID=3, SLURM_ARRAY_TASK_COUNT=5, SLURM_ARRAY_TASK_MIN=3,
                                          SLURM_ARRAY_TASK_MAX=11)),
                # The second of two tasks of the third of four.
                (NAMES[5::8], slurm(1, 2, SLURM_ARRAY_TASK_ID=2, SLURM_ARRAY_TASK_COUNT=4, SLURM_ARRAY_TASK_MIN=0,
                                    SLURM_ARRAY_TASK_MAX=3))):
            with self.subTest(variables={name: value for name, value in variables.items() if re.match("SLURM|OMPI|PMI", name)}):
                self.assertEqual(sorted(self.shared("--shard", "auto", "--force", env=variables)), share)

    def test_an_environment_that_says_nothing_clear_is_refused(self):
        for words, variables in (
                ("neither Slurm nor MPI says", environment()),
                ("neither Slurm nor MPI says", environment(SLURM_PROCID=0, SLURM_NTASKS=4)),  # the script, and no task of a step
                ("task 7 is one of 2 from 3 to 8, which have gaps", environment(
                    SLURM_ARRAY_TASK_ID=7, SLURM_ARRAY_TASK_COUNT=2, SLURM_ARRAY_TASK_MIN=3, SLURM_ARRAY_TASK_MAX=8)),
                ("SLURM_PROCID is 5, and SLURM_STEP_NUM_TASKS is 5", slurm(5, 5)),
                ("SLURM_PROCID is 'x', which is no whole number", slurm("x", 5))):
            run = ictus("encode", "--shard", "auto", "a.wav", env=variables)
            self.assert_refused(run, USAGE, words, "--shard I/N", left=["out"])

    def test_what_does_not_go_together(self):
        for words, texts in (
                (["--shard", "3", "a.wav"], ["--shard: '3' is no part of the inputs", "I/N, such as 3/16"]),
                (["--shard", "0/4", "a.wav"], ["--shard (I): 0 is out of range", "1 to 4"]),
                (["--shard", "5/4", "a.wav"], ["--shard (I): 5 is out of range"]),
                (["--shard", "1/0", "a.wav"], ["--shard (N): 0 is out of range"]),
                (["--shard", "1/2"], ["--shard is for files"]),
                (["--skip-done", "a.wav", "-o", "-"], ["--skip-done is for files"]),
                (["--manifest", "m", "-"], ["--manifest is for files"]),
                (["--skip-done", "--force", "a.wav"], ["--skip-done keeps outputs", "--force replaces them"])):
            self.assert_refused(ictus("encode", *words), USAGE, *texts, left=["out"])

    def run_all(self, *words, status=DONE):
        run = encode("--skip-done", "--manifest", "manifest.jsonl", *words, "-o", "out/")
        self.assert_ended(run, status)
        return run

    def test_going_on(self):
        names = NAMES[:4]
        self.put_sounds(names)
        first = self.run_all(*names[:2])
        self.assertNotIn("done before", first.stderr)
        kept = (self.folder / "out/00.evs").stat()
        run = self.run_all(*names)
        self.assertIn("2 of 4 inputs were done before", run.stderr)
        self.assertEqual(sorted(line["input"] for line in self.lines()), names)
        self.assertEqual({line["status"] for line in self.lines()}, {"done"})
        self.assertEqual((self.folder / "out/00.evs").stat().st_mtime_ns, kept.st_mtime_ns)
        (self.folder / "out/02.evs").unlink()
        run = self.run_all("--json", *names)
        told = {line["input"]: line for line in map(json.loads, run.stdout.splitlines())}
        self.assertEqual([told[name]["status"] for name in names], ["skipped", "skipped", "done", "skipped"])
        self.assertEqual(told["00.wav"]["stream_bytes"], kept.st_size)
        self.assertEqual(self.outputs(), [name.replace("wav", "evs") for name in names])

    def test_an_output_whose_line_is_missing_gets_one(self):
        names = NAMES[:3]
        self.put_sounds(names)
        self.run_all("--threads", 1, *names)
        whole = self.lines()
        path = self.folder / "manifest.jsonl"
        path.write_text(path.read_text()[:-30])  # the last line is cut
        self.run_all(*names)
        last = json.loads(path.read_text().splitlines()[-1])
        self.assertEqual((last["input"], last["status"], last["found"]), (names[2], "done", True))
        for field in ("output", "duration_s", "events", "stream_bytes", "bitrate_bps"):
            self.assertEqual(last[field], whole[2][field], field)
        before = path.read_text()
        self.run_all(*names)
        self.assertEqual(path.read_text(), before)

    def test_what_failed_is_tried_again_and_damage_is_not_forgotten(self):
        self.put("bad.wav", b"no sound at all")
        self.put("cut.wav", clip()[:-1000])
        run = self.run_all("--threads", 1, "bad.wav", "cut.wav", status=FAILED)
        self.assertEqual([line["status"] for line in self.lines()], ["failed", "damaged"])
        self.put("bad.wav", clip())
        again = self.run_all("--threads", 1, "bad.wav", "cut.wav", status=FAILED)
        self.assertEqual([(line["input"], line["status"]) for line in self.lines()][2:], [("bad.wav", "done")])
        damage = next(line for line in run.stderr.splitlines() if "cut.wav" in line and "->" not in line)
        self.assertIn(damage, again.stderr)

    def test_what_is_there_and_not_whole_is_an_error(self):
        self.put_sounds(NAMES[:2])
        self.put("out/00.evs", b"no stream")
        run = self.run_all(*NAMES[:2], status=FAILED)
        self.assertIn("out/00.evs: is there, but is no whole stream", run.stderr)
        self.assertIn("remove it, and it is made again", run.stderr)
        self.assertEqual(self.outputs(), ["00.evs", "01.evs"])
        self.put("manifest.jsonl", b"{}\n")
        refused = encode("--skip-done", "--manifest", "manifest.jsonl", *NAMES[:2], "-o", "out/")
        self.assert_ended(refused, FAILED, "manifest.jsonl: line 1 is no result of ictus", "name a manifest")

    def begin_worker(self, number, folder, names):
        return start("encode", "--effort", 0, "--threads", 1, "--shard", "auto", "--skip-done", "--manifest",
                     f"manifest-{number}.jsonl", *names, "-o", folder, env=slurm(number, 2))

    def opened(self, pipe):
        """The pipe, once a worker has begun to read it; until then it cannot be opened without waiting."""
        found = []

        def is_read():
            try:
                found.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                return False
            return True

        self.wait_until(is_read, "the worker reads " + pipe.name)
        return found[0]

    def end_worker(self, process):
        words = process.communicate(timeout=TIMEOUT_S)[1].decode()
        self.assertEqual(process.returncode, DONE, words)
        return words

    def test_a_killed_worker_loses_nothing_and_makes_nothing_twice(self):
        self.put_sounds()
        (self.folder / "whole").mkdir()
        self.assert_ended(encode(*NAMES, "-o", "whole"), DONE)
        # The second worker comes to a file that it waits for, and is killed there.
        blocked = self.folder / NAMES[7]
        sound = blocked.read_bytes()
        blocked.unlink()
        os.mkfifo(blocked)
        workers = [self.begin_worker(number, "out/", NAMES) for number in range(2)]
        opened = self.opened(blocked)
        workers[1].send_signal(signal.SIGKILL)
        workers[1].communicate()
        os.close(opened)
        self.end_worker(workers[0])
        made = {name: (self.folder / "out" / name).stat() for name in self.outputs() if name.endswith(".evs")}
        self.assertEqual(len(made), 9)  # six of the first, and three of the second
        blocked.unlink()
        blocked.write_bytes(sound)
        words = self.end_worker(self.begin_worker(1, "out/", NAMES))
        self.assertIn("3 of 6 inputs were done before", words)
        for name in NAMES:
            output = name.replace("wav", "evs")
            self.assertEqual((self.folder / "out" / output).read_bytes(), (self.folder / "whole" / output).read_bytes(), name)
        for name, before in made.items():
            after = (self.folder / "out" / name).stat()
            self.assertEqual((after.st_ino, after.st_mtime_ns), (before.st_ino, before.st_mtime_ns), name)
        told = self.lines("manifest-0.jsonl") + self.lines("manifest-1.jsonl")
        self.assertEqual(sorted(line["input"] for line in told), NAMES)
        self.assertEqual({line["status"] for line in told}, {"done"})
        for line in told:
            self.assertEqual(line["stream_bytes"], (self.folder / line["output"]).stat().st_size)


class Recipes(Case):
    def run_recipe(self, recipe, made):
        (self.folder / "bin").mkdir(exist_ok=True)
        for name, text in STARTERS.items():
            self.put(f"bin/{name}", text.encode()).chmod(0o755)
        variables = environment(PATH=f"{self.folder}/bin:{BIN}:{os.environ['PATH']}", HOME=self.folder)
        run = subprocess.run(["bash", "-euo", "pipefail", "-c", recipe], env=variables, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=TIMEOUT_S)
        self.assertEqual(run.returncode, DONE, f"{recipe}\n{run.stderr}")
        self.assertEqual(len(list((self.folder / "events").glob("*.evs"))), made)
        return run

    def test_each_recipe_encodes_each_file_once(self):
        sounds = 5
        for number in range(sounds):
            self.put(f"sound/{number}.flac", wav_bytes(tone(0.2, seed=number)))
        blocks = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
        script = next(block for block in blocks if block.startswith("#!"))
        self.put("encode.sbatch", script.encode())
        recipes = ["sbatch encode.sbatch" if block == script else block for block in blocks if "ictus encode" in block]
        self.assertEqual(len(recipes), 6)
        for recipe in recipes:
            with self.subTest(recipe=recipe):
                for path in [*self.folder.glob("events/*"), *self.folder.glob("manifest*.jsonl")]:
                    path.unlink()
                (self.folder / "events").mkdir(exist_ok=True)
                self.run_recipe(recipe, sounds)
                inodes = {path.name: path.stat().st_ino for path in self.folder.glob("events/*")}
                (self.folder / "events/3.evs").unlink()
                self.run_recipe(recipe, sounds)
                lines = [json.loads(line) for path in self.folder.glob("manifest*.jsonl") for line in path.read_text().splitlines()]
                self.assertEqual(sorted(line["input"] for line in lines), sorted([f"sound/{i}.flac" for i in range(sounds)] + ["sound/3.flac"]))
                self.assertEqual({path.name for path in self.folder.glob("events/*") if path.stat().st_ino != inodes[path.name]} - {"3.evs"}, set())


if __name__ == "__main__":
    unittest.main()
