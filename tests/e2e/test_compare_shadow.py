#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""compare_shadow accepts what is equal and nothing else. All input is made up here.

usage: test_compare_shadow.py
"""

import importlib.machinery
import importlib.util
import os
import unittest

# main (at 1000, calls native_apply, which enters by toy_enter at 2000) and leaf (at 3000).
CODE = """\
space 1000 9000
code 7 100 1000 100 main
 call 10 20 30 native_apply
 call 40 50 60 -
 quiet 70
code 7 100 2000 40 toy_enter
 call 10 20 30 -
code 7 100 3000 40 leaf
 quiet 8
"""

# toy_enter calls main, which calls native_apply, which enters again and calls leaf.
CALLS = """\
thread 7 7
> 200 2020 8000000
> 210 1020 0
> 220 2020 8000010
"""


def load_compare_shadow():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "compare_shadow")
    loader = importlib.machinery.SourceFileLoader("compare_shadow", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


compare_shadow = load_compare_shadow()

WHOLE = [
    "3004 leaf+0x4 ([jit])",
    "2020 toy_enter+0x20 ([jit])",
    "8000010 thread_call+0x10 (/bin/toy_jit)",
    "8000050 native_apply+0x50 (/bin/toy_jit)",
    "1020 main+0x20 ([jit])",
    "2020 toy_enter+0x20 ([jit])",
    "8000000 thread_call+0x0 (/bin/toy_jit)",
    "8000090 main+0x90 (/bin/toy_jit)",
]


def sample(frames, time=300, event="cpu-clock"):
    return "\n".join([f"toy_jit 7/7 [001] 0.{time:09}: 1 {event}:"]
                     + [f"\t{frame}" for frame in frames]) + "\n\n"


def compare(log, script):
    log = compare_shadow.ShadowLog(log.splitlines())
    samples = compare_shadow.read_samples(script.splitlines(keepends=True), log)
    comparison = compare_shadow.Comparison(log, samples)
    comparison.run()
    return comparison


class CompareShadow(unittest.TestCase):
    def assert_equal(self, script, log=CODE + CALLS):
        comparison = compare(log, script)
        self.assertEqual(comparison.differences, [])
        self.assertEqual(comparison.equal_count, len(comparison.samples))

    def assert_differs(self, script, why, log=CODE + CALLS):
        comparison = compare(log, script)
        self.assertEqual(len(comparison.differences), 1)
        self.assertIn(why, comparison.differences[0])

    def assert_left_out(self, script):
        comparison = compare(CODE + CALLS, script)
        self.assertEqual((comparison.under_way_count, comparison.differences), (1, []))

    def test_a_whole_stack_is_equal(self):
        self.assert_equal(sample(WHOLE))

    def test_return_addresses_may_be_shown_one_byte_back(self):
        frames = [WHOLE[0]]
        for frame in WHOLE[1:]:
            address, rest = frame.split(" ", 1)
            symbol, rest = rest.split("+0x", 1)
            offset, rest = rest.split(" ", 1)
            if offset != "0":
                frame = f"{int(address, 16) - 1:x} {symbol}+{int(offset, 16) - 1:#x} {rest}"
            frames.append(frame)
        self.assert_equal(sample(frames))

    def test_kernel_frames_and_inlined_frames_do_not_count(self):
        self.assert_equal(sample(["ffffffff81000000 page_fault+0x0 ([kernel.kallsyms])"]
                                 + WHOLE[:3]
                                 + ["8000050 call_back+0x0 (inlined)"] + WHOLE[3:]))

    def test_a_missing_frame_differs(self):
        self.assert_differs(sample(WHOLE[:1] + WHOLE[4:]), "2 JIT frames below the leaf")

    def test_a_stack_that_ends_early_differs(self):
        self.assert_differs(sample(WHOLE[:1]), "0 JIT frames below the leaf, not 3")
        self.assert_differs(sample(WHOLE[:6]), "no native frames behind")

    def test_a_sample_without_jit_frames_differs_while_there_are_some(self):
        self.assert_differs(sample(WHOLE[6:]), "0 JIT frames below the leaf, not 3")

    def test_a_wrong_name_or_offset_differs(self):
        self.assert_differs(sample(["3004 main+0x4 ([jit])"] + WHOLE[1:]), "is leaf+0x4")
        self.assert_differs(sample(["3004 leaf+0x5 ([jit])"] + WHOLE[1:]), "is leaf+0x4")

    def test_a_wrong_return_address_differs(self):
        self.assert_differs(sample(WHOLE[:4] + ["1050 main+0x50 ([jit])"] + WHOLE[5:]),
                            "JIT frame 2 is main+0x50")

    def test_native_frames_in_between_must_be_the_right_ones(self):
        self.assert_differs(sample(WHOLE[:2] + WHOLE[4:]), "there is no native_apply")
        self.assert_differs(sample(WHOLE[:3] + WHOLE[4:]), "there is no native_apply")
        self.assert_differs(sample(WHOLE[:2] + WHOLE[3:]), "is at 8000050, not 8000010")
        self.assert_differs(sample(WHOLE[:1] + [WHOLE[2]] + WHOLE[1:]),
                            "which calls generated code")

    def test_the_first_frame_behind_generated_code_must_be_the_right_one(self):
        self.assert_differs(sample(WHOLE[:6] + WHOLE[7:]), "not at 8000000")

    def test_time_decides_which_calls_are_there(self):
        self.assert_equal(sample(["8000055 native_apply+0x55 (/bin/toy_jit)"] + WHOLE[4:],
                                 time=215))
        self.assert_differs(sample(WHOLE, time=215), "3 JIT frames below the leaf, not 2")

    def test_a_pop_takes_the_call_away(self):
        self.assert_equal(sample(["1064 main+0x64 ([jit])"] + WHOLE[5:]),
                          CODE + CALLS + "< 230\n< 240\n")

    def test_code_that_is_gone_has_no_name(self):
        self.assert_differs(sample(WHOLE), "no code leaf", CODE + CALLS + "gone 7 290 3000\n")

    def test_a_forked_child_keeps_the_code_that_goes_in_its_parent(self):
        parent = CODE + "gone 7 290 3000\ncode 7 295 3000 40 other\n"
        log = parent + "fork 280 7 8\n" + CALLS.replace("thread 7 7", "thread 8 8")
        script = sample(WHOLE).replace("7/7", "8/8")
        self.assert_equal(script, log)
        self.assert_differs(script, "no code leaf", log + "gone 8 285 3000\n")

    def test_new_code_at_the_address_takes_the_name(self):
        log = CODE + CALLS + "gone 7 290 3000\ncode 7 295 3000 40 other\n"
        self.assert_equal(sample(["3004 other+0x4 ([jit])"] + WHOLE[1:]), log)
        self.assert_differs(sample(WHOLE), "is other+0x4", log)

    def test_the_instructions_of_a_call_are_left_out(self):
        for address in (0x10, 0x1F, 0x20, 0x2F):
            self.assert_left_out(sample([f"{0x1000 + address:x} main+{address:#x} ([jit])"]
                                        + WHOLE[5:]))

    def test_the_instructions_beside_a_call_are_not_left_out(self):
        for address in (0x0F, 0x30):
            self.assert_differs(sample([f"{0x1000 + address:x} main+{address:#x} ([jit])"]
                                       + WHOLE[5:]), "1 JIT frames below the leaf, not 3")

    def test_native_code_that_keeps_the_shadow_stack_is_left_out(self):
        self.assert_left_out(sample(["8000100 shadow_push+0x0 (/bin/toy_jit)",
                                     "1018 main+0x18 ([jit])"] + WHOLE[5:]))

    def test_native_code_called_quietly_is_compared(self):
        quiet = ["8000200 shadow_touch_begin+0x0 (/bin/toy_jit)", "3008 leaf+0x8 ([jit])"]
        self.assert_equal(sample(quiet + WHOLE[1:]))
        self.assert_differs(sample(quiet + WHOLE[4:]), "2 JIT frames below the leaf, not 3")

    def test_every_fault_needs_its_sample(self):
        log = CODE + CALLS + "fault 290 310 3004 7000000\n" + (
            " frame 2020 8000010 20 toy_enter\n frame 1020 0 20 main\n"
            " frame 2020 8000000 20 toy_enter\n")
        fault = sample(WHOLE, event="page-faults")
        self.assert_equal(fault, log)
        self.assertEqual(compare(log, fault).fault_count, 1)
        self.assert_differs(sample(WHOLE, event="page-faults", time=320), "no sample", log)
        self.assert_differs(fault + fault, "a second sample of one fault", log)
        self.assert_differs(fault, "contradicts itself", log.replace("1020 0 20", "1050 0 50"))

    def test_other_events_need_no_sample_for_a_fault(self):
        self.assert_equal(sample(WHOLE), CODE + CALLS + "fault 290 310 3004 7000000\n")

    def test_addresses_in_the_file_will_do_for_jit_frames(self):
        self.assert_equal(sample([
            "84 leaf+0x4 (/tmp/jitted-7-3.so)",
            "9f toy_enter+0x1f (/tmp/jitted-7-1.so)",
            "110 thread_call+0xf (/bin/toy_jit)",
            "150 native_apply+0x4f (/bin/toy_jit)",
            "9f main+0x1f (/tmp/jitted-7-0.so)",
            "9f toy_enter+0x1f (/tmp/jitted-7-1.so)",
            "100 thread_call+0x0 (/bin/toy_jit)",
        ]))

    def test_a_line_of_another_layout_is_an_error(self):
        with self.assertRaises(ValueError):
            compare(CODE + CALLS, "toy_jit 7/7 0.000000300: 1 cpu-clock:\n\tnonsense\n")


if __name__ == "__main__":
    unittest.main()
