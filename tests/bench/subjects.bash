# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# Sourced by the benchmarks of names, after bench.bash: code of others with much debug information,
# made or fetched once and kept beside the benchmarks' directories. Each subject's function leaves
# its path in $subject, or says what is left out and fails.
subjects=$build/bench/subjects
root=$subjects/root # where packages are unpacked; nothing is installed
subject=
mkdir -p "$subjects" "$root"

left_out() {
	echo "  left out: $1: $2"
	return 1
}

# fetch WHAT PACKAGE...: unpacks Debian packages. WHAT is left out if one cannot be had.
fetch() {
	local what=$1 package place
	shift
	for package in "$@"; do
		place=$subjects/packages/$package
		[ ! -e "$place/unpacked" ] || continue
		rm -rf "$place"
		mkdir -p "$place"
		(cd "$place" && apt-get download "$package" && dpkg-deb -x ./*.deb "$root") \
			>"$place/log" 2>&1 || left_out "$what" "cannot fetch $package" || return
		rm -f "$place"/*.deb
		touch "$place/unpacked"
	done
}

# debug_file LIBRARY: where its separate debug file was unpacked.
debug_file() {
	local id
	id=$(readelf --notes "$1" | sed -n 's/.*Build ID: //p')
	echo "$root/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug"
}

# tests/bench/query.c with sqlite's amalgamation in it, which the npm package has.
sqlite_program() {
	local package=better-sqlite3-12.11.1 sources=$subjects/package/deps/sqlite3
	subject=$subjects/query
	[ ! "$here/query.c" -nt "$subject" ] || rm -f "$subject"
	[ ! -e "$subject" ] || return 0
	has npm sqlite || return
	(cd "$subjects" && npm pack "${package/sqlite3-/sqlite3@}" && tar -xzf "$package.tgz" \
		package/deps/sqlite3) >"$subjects/npm.log" 2>&1 ||
		left_out sqlite 'cannot fetch its source' || return
	cc -O2 -g -I"$sources" -o "$subject" "$here/query.c" "$sources/sqlite3.c" -lm -ldl -lpthread
}

libc_debug() {
	fetch libc6-dbg libc6 libc6-dbg || return
	subject=$(debug_file "$root/lib/x86_64-linux-gnu/libc.so.6")
	[ -e "$subject" ] || left_out libc6-dbg 'it is not of the same version as libc6'
}

ceph=$root/usr/lib/x86_64-linux-gnu/ceph/libceph-common.so.2

# Ceph's common library, as packaged: its debug sections are compressed.
ceph_packaged() {
	fetch 'a big C++ library' librados2 librados2-dbg || return
	subject=$(debug_file "$ceph")
	[ -e "$subject" ] || left_out 'a big C++ library' 'its debug file is of another version'
}

ceph_debug() {
	ceph_packaged || return
	[ -e "$subjects/ceph.debug" ] ||
		objcopy --decompress-debug-sections "$subject" "$subjects/ceph.debug"
	subject=$subjects/ceph.debug
}

# tests/bench/cluster.c, to be run with $LD_LIBRARY_PATH=$ceph_libraries: there that library has its
# debug information in itself, where every tool finds it.
ceph_libraries=$subjects/lib:$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu
ceph_program() {
	ceph_debug || return
	has eu-unstrip 'a program that runs the big C++ library' || return
	fetch 'a program that runs the big C++ library' libboost-thread1.74.0 \
		libboost-iostreams1.74.0 libfmt9 libibverbs1 librdmacm1 libnl-3-200 \
		libnl-route-3-200 || return
	mkdir -p "$subjects/lib"
	[ -e "$subjects/lib/libceph-common.so.2" ] ||
		eu-unstrip -o "$subjects/lib/libceph-common.so.2" "$ceph" "$subjects/ceph.debug"
	subject=$programs/cluster
	LD_LIBRARY_PATH=$ceph_libraries "$subject" 0 ||
		left_out 'a program that runs the big C++ library' 'it does not start'
}
