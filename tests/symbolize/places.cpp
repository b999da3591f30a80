// SPDX-License-Identifier: MIT
// Namespaces, templates, methods, constructors and lambdas: see places.h and test_places.c.
#include "places.h"

#include <cstdio>

volatile int sink;

namespace shapes
{

template <typename T> class Box
{
public:
	__attribute__((always_inline)) explicit Box(T side) : side_(side)
	{
		PLACE("constructor"); /* at constructor */
	}

	__attribute__((always_inline)) T area() const
	{
		PLACE("method"); /* at method */
		return side_ * side_;
	}

	__attribute__((noinline)) T volume() const;

private:
	T side_;
};

template <typename T> T Box<T>::volume() const
{
	T result = area() * side_; /* method in volume */

	PLACE("volume"); /* at volume */
	return result;
}

} // namespace shapes

namespace
{

__attribute__((noinline)) int hidden(int value)
{
	shapes::Box<int> box(value); /* constructor in hidden */
	auto twice = [](int number) __attribute__((noinline))
	{
		PLACE("lambda"); /* at lambda */
		return number * 2 + sink;
	};

	sink = twice(value);
	return box.volume();
}

} // namespace

int main(int argc, char **)
{
	return hidden(argc) & 1;
}
