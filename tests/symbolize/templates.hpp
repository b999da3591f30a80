/* SPDX-License-Identifier: MIT */
/* What two units have in common (templates.cpp, templates_too.cpp): linkers keep one of each. */
#ifndef TEMPLATES_HPP
#define TEMPLATES_HPP

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace shapes
{

struct Shape {
	virtual ~Shape() = default;
	virtual double area() const = 0;
	std::string name;
};

template <class Number> struct Box : Shape {
	Box(Number w, Number h) : width(w), height(h)
	{
		name = "box of " + std::to_string(w);
	}
	double area() const override
	{
		return static_cast<double>(width * height);
	}
	Number width, height;
};

using Groups = std::map<std::string, std::vector<std::unique_ptr<Shape>>>;

/* Throws in a place that compilers keep apart. */
template <class Number> void add(Groups &groups, const std::string &group, Number size)
{
	if (size < 0)
		throw std::invalid_argument("no size in " + group);
	groups[group].push_back(std::make_unique<Box<Number>>(size, size + 1));
}

/* A closure within a closure of a function that may be inlined everywhere: its code is in a type of
 * a function without code. */
inline double largest(const Groups &groups)
{
	std::vector<double> areas;
	auto each = [&](auto &&group) {
		auto less = [&](const auto &a, const auto &b) __attribute__((noinline))
		{
			return a->area() < b->area() || (areas.empty() && a->name < b->name);
		};
		auto best = std::max_element(group.second.begin(), group.second.end(), less);

		if (best != group.second.end())
			areas.push_back((*best)->area());
	};

	std::for_each(groups.begin(), groups.end(), each);
	std::sort(areas.begin(), areas.end());
	return areas.empty() ? 0 : areas.back();
}

/* Equal code of unequal names, which linkers may fold. */
template <class Number> __attribute__((noinline)) Number twice(Number value)
{
	return value * 2 + 1;
}

/* HELPER is another in each unit. Both describe the same code then, for GNU ld drops one copy and
 * points its description at the other; it keeps the first. */
template <class Number> __attribute__((noinline)) Number in_both(Number value)
{
	return HELPER(value);
}

} // namespace shapes

double other_unit(shapes::Groups &groups, int count);

#endif
