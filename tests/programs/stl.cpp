// SPDX-License-Identifier: MIT
//
// C++ with long names: forty nested calls of a function template, nested<40> down to nested<1>,
// with containers among the parameters and large frames, then std::sort with by_last_digits.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <vector>

namespace shapes
{

using Table = std::map<std::string, std::vector<unsigned>>;

struct by_last_digits {
	__attribute__((noinline)) bool operator()(unsigned left, unsigned right) const
	{
		return left % 1000 < right % 1000;
	}
};

template <unsigned Depth>
__attribute__((noinline)) unsigned nested(Table &table, const std::string &name, unsigned seed)
{
	volatile unsigned local[64];

	local[seed % 64] = seed;
	if constexpr (Depth > 1) {
		unsigned below = nested<Depth - 1>(table, name, seed + Depth);

		return below + local[seed % 64];
	} else {
		std::vector<unsigned> &numbers = table[name];

		for (unsigned &number : numbers)
			number = seed = seed * 1664525u + 1013904223u;
		std::sort(numbers.begin(), numbers.end(), by_last_digits());
		return numbers.front() + local[seed % 64];
	}
}

} // namespace shapes

int main(int argc, char **argv)
{
	const double seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 1;
	const std::clock_t end = std::clock() + static_cast<std::clock_t>(seconds * CLOCKS_PER_SEC);
	shapes::Table table = { { "numbers", std::vector<unsigned>(5000) } };
	unsigned seed = 1;

	while (std::clock() < end)
		seed = shapes::nested<40>(table, "numbers", seed);
	std::printf("%u\n", seed);
	return 0;
}
