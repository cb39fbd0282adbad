"""Several processes that train one network: as one would, until one of them is lost."""

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import unittest

from support import (DONE, FAILED, ICTUS, TIMEOUT_S, TINY_GENERATOR, TINY_TOKENIZER, USAGE, Case, ictus, put_notes, put_sounds,
                     tiny_tokenizer)

# 50 steps of a batch that 3 workers share unequally; what is drawn at random for each example is drawn often.
STEPS = 50
SCHEDULE = {"steps": STEPS, "batch": 8, "log_every": 1, "validate_every": STEPS, "checkpoint_every": STEPS,
            "validation_excerpts": 1}
TOKENIZER = {"model": TINY_TOKENIZER["model"],
             "training": {**SCHEDULE, "dropout_share": 0.5, "dropout_scales": 1, "short_share": 0.3, "mixed_share": 0.5,
                          "loudness_weight": 0.1}}
# Saved after each step, and never done.
ENDLESS = {"model": TOKENIZER["model"], "training": {**TOKENIZER["training"], "steps": 1000000, "checkpoint_every": 1}}
GENERATOR = {"model": TINY_GENERATOR["model"], "training": {**SCHEDULE, "bfloat16": False}}
# More channels than groups of them that are normalised: else the gradients of what is added before are nothing but rounding.
JUDGE = {"model": {"id": "tiny", "families": ["flute", "organ"], "lowest_pitch": 57, "highest_pitch": 80,
                   "sample_rate_hz": 8000, "clip_samples": 4096, "window_samples": 1024, "hop_samples": 256,
                   "lowest_hz": 110.0, "bands": 96, "channels": [16, 32], "band_steps": [2, 2], "frame_steps": [2, 2],
                   "blocks": [0, 1], "embedding_size": 16},
         "training": {**SCHEDULE, "mixed_share": 0.5}}

RANK_VARIABLES = "SLURM_|OMPI_|PMI_|MASTER_|(RANK|WORLD_SIZE|LOCAL_RANK)$"


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not re.match(RANK_VARIABLES, name)}
    return {**kept, **{name: str(value) for name, value in more.items()}}


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def tensors(path):
    """The float32 tensors of a safetensors file, by name."""
    data = path.read_bytes()
    size = struct.unpack_from("<Q", data)[0]
    found = {}
    for name, told in json.loads(data[8:8 + size]).items():
        if name != "__metadata__":
            begin, end = told["data_offsets"]
            found[name] = struct.unpack_from(f"<{(end - begin) // 4}f", data, 8 + size + begin)
    return found


class Ranks(Case):
    def setUp(self):
        super().setUp()
        put_sounds(self.folder / "sounds")

    def line(self, out, *words, network="tokenizer", configuration=TOKENIZER, data="sounds", threads=1):
        """The words of a command that trains `out`."""
        self.put(f"{network}.json", json.dumps(configuration).encode())
        return ["train", network, "--data", data, "--config", f"{network}.json", "--device", "cpu", "--threads", str(threads),
                "--out", out, *map(str, words)]

    def start_rank(self, number, count, *line, behind=(), address="127.0.0.1", port, **more):
        """Starts one of `count` processes, as a command behind others such as nice."""
        own = environment(RANK=number, WORLD_SIZE=count, MASTER_ADDR=address, MASTER_PORT=port, **more)
        process = subprocess.Popen([*behind, ICTUS, *line], env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        for clean_up in (process.stdout.close, process.stderr.close, process.wait, process.kill):
            self.addCleanup(clean_up)
        return process

    def start_ranks(self, count, *line):
        port = free_port()
        return [self.start_rank(number, count, *line, port=port) for number in range(count)]

    def words_at_end(self, process, status):
        """What a process says until it ends."""
        self.assertEqual(process.stdout.read(), b"")
        words = process.stderr.read().decode()
        self.assertEqual(process.wait(TIMEOUT_S), status, words)
        return words

    def wait_for_checkpoint(self, processes):
        self.wait_until(lambda: (self.folder / "t.checkpoint").exists() or any(p.poll() is not None for p in processes),
                        "there is a checkpoint")
        for process in processes:
            if process.poll() is not None:
                self.fail(process.stderr.read())

    def finish(self, processes):
        """All end well, and the first alone says something."""
        words = [self.words_at_end(process, DONE) for process in processes]
        self.assertIn("done after", words[0])
        self.assertEqual(words[1:], [""] * (len(words) - 1))

    def losses(self, out):
        rows = [line.split("\t") for line in (self.folder / f"{out}.tsv").read_text().splitlines()[1:]]
        return {(int(step), name): float(value) for step, _, name, value in rows if not name.startswith("val_")}

    def assert_same_training(self, one, other):
        """Losses of each step, and weights, within 1e-4."""
        losses, others = self.losses(one), self.losses(other)
        self.assertEqual(losses.keys(), others.keys())
        self.assertEqual(max(step for step, _ in losses), STEPS)
        for (step, name), value in losses.items():
            if name != "gradient_norm":
                self.assertAlmostEqual(value, others[step, name], delta=1e-4 * max(1.0, abs(value)), msg=(step, name))
        weights, others = (tensors(self.folder / f"{name}.checkpoint") for name in (one, other))
        self.assertEqual(weights.keys(), others.keys())
        for name, values in weights.items():
            if name.startswith(("model.", "average.", "memory.")):
                self.assertLess(max(abs(a - b) for a, b in zip(values, others[name])), 1e-4, name)

    def check_network(self, network, configuration, *words, data="sounds"):
        def line(out, **options):
            return self.line(out, *words, network=network, configuration=configuration, data=data, **options)

        self.assert_ended(ictus(*line("one")), DONE)
        self.assert_ended(ictus(*line("threads", threads=3)), DONE)
        self.assert_same_training("one", "threads")
        self.finish(self.start_ranks(2, *line("two")))
        self.assert_same_training("one", "two")
        return line


class Together(Ranks):
    def test_a_tokenizer(self):
        line = self.check_network("tokenizer", TOKENIZER)
        self.finish(self.start_ranks(3, *line("three")))
        self.assert_same_training("one", "three")
        self.assertEqual([name for name in self.files() if name.startswith("three")],
                         ["three", "three.checkpoint", "three.tsv"])

    def test_a_generator(self):
        put_notes(self.folder / "notes")
        self.check_network("generator", GENERATOR, "--tokenizer", tiny_tokenizer(), data="notes")

    def test_a_judge(self):
        put_notes(self.folder / "notes")
        self.check_network("judge", JUDGE, "--about", "family", data="notes")

    def test_a_signal_to_one_ends_all_after_their_step_and_others_go_on(self):
        self.assert_ended(ictus(*self.line("one")), DONE)
        first, second = self.start_ranks(2, *self.line("parts", "--progress=always"))
        words = self.words_until(first, b"step 3/")
        second.send_signal(signal.SIGTERM)
        words += self.words_at_end(first, DONE).encode()
        self.assertIn(b"stopped after", words)
        self.assertEqual(self.words_at_end(second, -signal.SIGTERM), "")
        self.finish(self.start_ranks(3, *self.line("parts", "--resume", "parts.checkpoint")))
        self.assert_same_training("one", "parts")

    @unittest.skipUnless(shutil.which("mpirun"), "there is no mpirun")
    def test_started_by_mpi(self):
        self.assert_ended(ictus(*self.line("one")), DONE)
        run = subprocess.run(["mpirun", "-n", "2", "--allow-run-as-root", "--oversubscribe", ICTUS, *self.line("two")],
                             env=environment(MASTER_PORT=free_port()), stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=TIMEOUT_S, check=False)
        self.assertEqual(run.returncode, DONE, run.stderr)
        self.assertEqual(run.stderr.count(b"done after"), 1)
        self.assert_same_training("one", "two")


class Lost(Ranks):
    def assert_lost(self, processes, number, *words):
        """All but `number` end, say so, and one alone goes on from the checkpoint."""
        for process in processes:
            if process is not processes[number]:
                told = self.words_at_end(process, FAILED)
                self.assertIn(f"rank {number} of {len(processes)} was lost", told)
                self.assertIn("--resume t.checkpoint", told)
        processes[number].kill()
        steps = int(json.loads(ictus("info", "--model", "--json", "t").stdout)["metadata"]["steps"])
        run = ictus(*self.line("t", "--resume", "t.checkpoint", "--steps", steps + 2, *words, configuration=ENDLESS))
        self.assert_ended(run, DONE, f"done after {steps + 2} steps")
        self.assertEqual(self.temporary_files(), [])

    def start_endless(self, count, *words):
        processes = self.start_ranks(count, *self.line("t", "-f", *words, configuration=ENDLESS))
        self.wait_for_checkpoint(processes)
        return processes

    def test_killed(self):
        for number in (2, 0):
            with self.subTest(number):
                processes = self.start_endless(3)
                processes[number].kill()
                self.assert_lost(processes, number)
                (self.folder / "t.checkpoint").unlink()

    def test_not_heard_of(self):
        processes = self.start_endless(2, "--lost-after", 2)
        processes[1].send_signal(signal.SIGSTOP)
        self.assert_lost(processes, 1)

    def test_not_there(self):
        line = self.line("t", "--lost-after", 1)
        first = self.start_rank(0, 2, *line, port=free_port())
        second = self.start_rank(1, 2, *line, port=free_port())
        self.assertIn("rank 1 of 2 did not come within 10 s", self.words_at_end(first, FAILED))
        self.assertTrue(self.words_at_end(second, FAILED).startswith("ictus: rank 0 was not found at 127.0.0.1, port "))
        self.assertIn("nowhere.invalid: ", self.words_at_end(
            self.start_rank(1, 2, *line, address="nowhere.invalid", port=1), FAILED))
        with socket.socket() as taken:
            taken.bind(("", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.assertIn(f"port {port}: the other processes cannot be waited for at it",
                          self.words_at_end(self.start_rank(0, 2, *line, port=port), FAILED))

    def test_one_that_cannot_go_on(self):
        self.put("t", b"precious")
        first, second = self.start_ranks(2, *self.line("t"))
        self.assertIn("t: the output exists already", self.words_at_end(first, FAILED))
        self.assertIn("rank 0 of 2 was lost", self.words_at_end(second, FAILED))
        port = free_port()
        first = self.start_rank(0, 2, *self.line("t", "-f"), port=port)
        second = self.start_rank(1, 2, *self.line("t", "-f", "--seed", 2), port=port)
        self.assertIn("rank 1 has another configuration", self.words_at_end(second, FAILED))
        self.assertIn("rank 1 of 2 was lost", self.words_at_end(first, FAILED))
        first, second, _ = self.start_ranks(3, *self.line("t", "-f", configuration={
            **TOKENIZER, "training": {**TOKENIZER["training"], "batch": 2}}))
        for process in (first, second):
            self.assertIn("a batch of 2 cannot be shared by 3 processes", self.words_at_end(process, FAILED))


class Environment(Ranks):
    def test_what_is_wrong_is_told(self):
        alone = {"RANK": 0, "WORLD_SIZE": 2}
        mpi = {"OMPI_COMM_WORLD_RANK": 1, "OMPI_COMM_WORLD_SIZE": 2}
        for variables, text in (
                ({"RANK": 0}, "RANK is set, and WORLD_SIZE is not"),
                ({"WORLD_SIZE": 2, **mpi}, "WORLD_SIZE is set, and RANK is not"),
                ({"MASTER_ADDR": "127.0.0.1"}, "MASTER_ADDR is set, and nothing says which of the processes this is"),
                (alone, "this is rank 0 of 2, and MASTER_ADDR is not set"),
                (mpi, "this is rank 1 of 2, and MASTER_ADDR is not set"),
                ({"RANK": 2, "WORLD_SIZE": 2, "MASTER_ADDR": "a"}, "RANK is 2, and WORLD_SIZE is 2"),
                ({"RANK": "one", "WORLD_SIZE": 2}, "RANK is 'one', which is no whole number"),
                ({**alone, "MASTER_ADDR": "a", "MASTER_PORT": 70000}, "MASTER_PORT is 70000, and ports are 1 to 65535"),
                ({**alone, "MASTER_ADDR": "a", **mpi}, "RANK and WORLD_SIZE say 0 of 2, and who started this process says 1 of 2"),
                ({"SLURM_STEP_ID": 0, "SLURM_PROCID": 0, "SLURM_NTASKS": 2}, "this is rank 0 of 2, and MASTER_ADDR is not set")):
            with self.subTest(variables):
                run = ictus(*self.line("t"), env=environment(**variables))
                self.assert_ended(run, USAGE, text)
                self.assertEqual(run.stdout, b"")
                self.assertFalse((self.folder / "t").exists())

    def test_one_alone_waits_for_nobody(self):
        line = self.line("t", "--steps", 1)
        for variables in ({"RANK": 0, "WORLD_SIZE": 1, "MASTER_ADDR": "nowhere", "MASTER_PORT": 1},
                          {"OMPI_COMM_WORLD_RANK": 0, "OMPI_COMM_WORLD_SIZE": 1},
                          {"SLURM_PROCID": 0, "SLURM_NTASKS": 4, "SLURM_JOB_ID": 7}):  # a batch script, no step of it
            with self.subTest(variables):
                self.assert_ended(ictus(*line, "-f", env=environment(**variables)), DONE, "done after 1 steps")

    def test_slurm_names_the_first_host(self):
        for hosts in ("localhost", "localhost,other", "localhos[t-z,a],other"):
            with self.subTest(hosts):
                port = free_port()
                processes = [subprocess.Popen([ICTUS, *self.line("t", "-f", "--steps", 1)], stdin=subprocess.DEVNULL,
                                              stderr=subprocess.DEVNULL,
                                              env=environment(SLURM_STEP_ID=0, SLURM_PROCID=number, SLURM_STEP_NUM_TASKS=2,
                                                              SLURM_STEP_NODELIST=hosts, MASTER_PORT=port))
                             for number in range(2)]
                self.assertEqual([process.wait(TIMEOUT_S) for process in processes], [DONE, DONE])


class Hosts(Ranks):
    """Two machines, of which each has a network of its own, and a cable between them."""

    def setUp(self):
        super().setUp()
        self.hosts = [f"ictus-{os.getpid()}-{number}" for number in range(2)]
        for host in self.hosts:
            self.addCleanup(subprocess.run, ["ip", "netns", "delete", host], stderr=subprocess.DEVNULL, check=False)
            self.ip("netns", "add", host)
        self.ip("link", "add", "cable", "netns", self.hosts[0], "type", "veth", "peer", "name", "cable", "netns", self.hosts[1])
        for number, host in enumerate(self.hosts):
            self.ip("-n", host, "address", "add", f"10.99.77.{number + 1}/24", "dev", "cable")
            for link in ("lo", "cable"):  # a host reaches its own address by lo
                self.ip("-n", host, "link", "set", link, "up")

    def ip(self, *words):
        try:
            subprocess.run(["ip", *words], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            self.skipTest(f"no networks can be made here: {error}")

    def start_on_hosts(self, *line, **more):
        port = free_port()
        return [self.start_rank(number, 2, *line, behind=["ip", "netns", "exec", host], address="10.99.77.1", port=port, **more)
                for number, host in enumerate(self.hosts)]

    def test_two_hosts_train_as_one(self):
        self.assert_ended(ictus(*self.line("one")), DONE)
        self.finish(self.start_on_hosts(*self.line("two")))
        self.assert_same_training("one", "two")

    def test_the_interface_can_be_named(self):
        self.finish(self.start_on_hosts(*self.line("t", "--steps", 1), GLOO_SOCKET_IFNAME="cable"))
        for process in self.start_on_hosts(*self.line("t", "-f", "--lost-after", 1), GLOO_SOCKET_IFNAME="lo"):
            self.assertIn("no connection to the other processes", self.words_at_end(process, FAILED))

    def test_a_cut_cable_is_noticed_at_both_ends(self):
        first, second = self.start_on_hosts(*self.line("t", "--lost-after", 3, configuration=ENDLESS))
        self.wait_for_checkpoint([first, second])
        self.ip("-n", self.hosts[0], "link", "set", "cable", "down")
        self.assertIn("rank 1 of 2 was lost", self.words_at_end(first, FAILED))
        self.assertIn("rank 0 of 2 was lost", self.words_at_end(second, FAILED))


if __name__ == "__main__":
    unittest.main()
