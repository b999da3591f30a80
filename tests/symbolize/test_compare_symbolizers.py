#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""compare_symbolizers reads both layouts, and explains what its classes say and nothing else.

usage: test_compare_symbolizers.py
"""

import importlib.machinery
import importlib.util
import os
import unittest


def load_compare_symbolizers():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "compare_symbolizers")
    loader = importlib.machinery.SourceFileLoader("compare_symbolizers", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


compare = load_compare_symbolizers()
FILE = compare.File({0x1000: ["strtod_l", "__GI_strtod_l"], 0x2000: ["other"],
                     0x3000: ["..@5.loop"], 0x4000: ["_ZN1AC2Ev", "_ZN1AC1Ev"],
                     0x5000: ["_ZN1AD1Ev"], 0x6000: ["_ZN1AD2Ev"]}, [range(0x500, 0x600)])


def answer(*frames):
    return compare.read_answers("".join(f"{name}\n{place}\n" for name, place in frames) + "\n")[0]


def class_of(address, ours, theirs):
    known = compare.classify(compare.Question(address, answer(*ours), answer(*theirs), FILE))
    return known and known.__name__


class Reading(unittest.TestCase):
    def test_answers_have_a_frame_for_two_lines(self):
        answers = compare.read_answers("f\n/a/./b.c:3:4\ng@@V2\n??:0:0\n\n??\n??:0:0\n\n")
        self.assertEqual([len(frames) for frames in answers], [2, 1])
        self.assertEqual(answers[0][0], compare.Frame("f", "b.c", 3, "/a/b.c", 4))
        self.assertEqual(answers[0][1].function, "g")

    def test_labels_of_nasm_are_no_versions(self):
        self.assertEqual(answer(("..@5.loop", "??:0:0"))[0].function, "..@5.loop")

    def test_addr2line_has_an_address_and_a_discriminator(self):
        answers = compare.read_addr2line("0x10\nf\n/b.c:3 (discriminator 2)\n0x20\n??\n??:?\n")
        self.assertEqual(answers[0x10], [compare.Frame("f", "b.c", 3, "/b.c", 0)])
        self.assertEqual(answers[0x20][0].line, 0)

    def test_a_file_without_a_line_is_no_difference(self):
        self.assertTrue(compare.is_equal(answer(("f", "??:0:0")), answer(("f", "crtstuff.c:0:0"))))

    def test_each_frame_counts(self):
        inlined = [("leaf", "a.c:3:1"), ("f", "a.c:9:1")]
        for changed in (inlined[1:], [("leaf", "a.c:4:1"), inlined[1]],
                        [("leaf", "b.c:3:1"), inlined[1]], [("loaf", "a.c:3:1"), inlined[1]]):
            self.assertFalse(compare.is_equal(answer(*inlined), answer(*changed)))


class Classes(unittest.TestCase):
    def test_another_name_is_of_the_same_address(self):
        ours = [("leaf", "a.c:3:1"), ("strtod_l", "a.c:9:1")]
        for name, known in (("__GI_strtod_l", "another_name"), ("other", None)):
            self.assertEqual(class_of(0x1010, ours, [ours[0], (name, "a.c:9:1")]), known)

    def test_constructors_have_two_names_of_one_address(self):
        for kind, known in (("C", "structor"), ("D", None)):
            self.assertEqual(class_of(0x4010, [(f"_ZN1A{kind}1Ev", "a.c:9:1")],
                                      [(f"_ZN1A{kind}2Ev", "a.c:9:1")]), known)

    def test_another_name_excuses_no_other_line(self):
        self.assertIsNone(class_of(0x1010, [("strtod_l", "a.c:9:1")],
                                   [("__GI_strtod_l", "a.c:8:1")]))

    def test_an_inlined_function_has_no_other_name(self):
        self.assertIsNone(class_of(0x1010, [("strtod_l", "a.c:9:1"), ("other", "a.c:1:1")],
                                   [("__GI_strtod_l", "a.c:9:1"), ("other", "a.c:1:1")]))

    def test_plt_entries_are_in_their_section(self):
        for address, known in ((0x510, "plt_entry"), (0x600, None)):
            self.assertEqual(class_of(address, [("getc", "??:0:0")], [("_init", "??:0:0")]), known)

    def test_labels_begin_with_a_dot_and_are_symbols(self):
        for name, known in (("..@5.loop", "dot_label"), ("..@6.loop", None), ("loop", None)):
            self.assertEqual(class_of(0x3010, [("other", "??:0:0")], [(name, "??:0:0")]), known)


if __name__ == "__main__":
    unittest.main()
