// SPDX-License-Identifier: MIT
// C++ of which most is of others: containers, closures, exceptions; see compare_symbolizers.
static inline __attribute__((always_inline)) int first_helper(int value)
{
	return (value << 3) ^ value;
}
#define HELPER first_helper
#include "templates.hpp"

#include <cstdio>
#include <functional>
#include <unordered_map>

namespace
{

struct Counter {
	std::unordered_map<std::string, unsigned> counts;

	void count(const shapes::Groups &groups)
	{
		for (const auto &[name, members] : groups)
			counts[name] += static_cast<unsigned>(members.size());
	}
	std::string text() const
	{
		std::string all;

		for (const auto &[name, number] : counts)
			all += name + ": " + std::to_string(number) + "\n";
		return all;
	}
};

} // namespace

int main(int argc, char **argv)
{
	std::function<void(int)> visit;
	shapes::Groups groups;
	Counter counter;

	visit = [&](int depth) {
		shapes::add<int>(groups, argv[0], depth);
		if (depth > 0)
			visit(depth - 1);
	};
	try {
		visit(argc + 3);
		groups[""].push_back(
			std::make_unique<shapes::Box<long>>(shapes::twice<long>(argc), 2));
		printf("%g %g\n", other_unit(groups, shapes::in_both<int>(argc)),
		       shapes::largest(groups));
	} catch (const std::invalid_argument &error) {
		printf("%s\n", error.what());
	}
	counter.count(groups);
	return counter.text().empty();
}
