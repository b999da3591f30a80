# SPDX-License-Identifier: MIT
"""About two seconds of Python: recursion, sorting with a key function, generators and classes.

Prints its pid, by which its dump is named."""

import os
import time


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def key(item):
    return item * 7919 % 1009


def numbers(count):
    for i in range(count):
        yield i * i % 97


class Shape:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side


def rounds(end):
    total = 0
    while time.monotonic() < end:
        total += fib(14) + sum(numbers(2000))
        total += sorted(range(2000), key=key)[0]
        total += sum(Shape(i).area() for i in range(500))
    return total


def main():
    rounds(time.monotonic() + 2)
    print(os.getpid())


main()
