# Sourced by scripts/container-runtime and scripts/package: makes Java runtimes with modules of Testudo in them.
#
# `runtime_for ARCHITECTURE` chooses the processor: amd64 or arm64, as Go and Debian spell it. For this machine's own,
# the runtime is made from the JDK that runs the build and from the machine's C library. For the other one, both come
# from TESTUDO_SYSROOT, which scripts/foreign-jdk makes, and QEMU runs the one step that needs the other processor.

runtime_own_architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *)
      echo "testudo: $(uname -m) is not supported; build on x86_64 or aarch64" >&2
      return 3
      ;;
  esac
}

runtime_for() {
  architecture=$1
  case $architecture in
    amd64) loader=/lib64/ld-linux-x86-64.so.2 tuple=x86_64-linux-gnu boringssl=libnetty_tcnative_linux_x86_64.so sqlite=x86_64 ;;
    arm64) loader=/lib/ld-linux-aarch64.so.1 tuple=aarch64-linux-gnu boringssl=libnetty_tcnative_linux_aarch_64.so sqlite=aarch64 ;;
    *)
      echo "testudo: there are no packages for \`$architecture\`; choose amd64 or arm64" >&2
      return 2
      ;;
  esac
  sysroot= emulator= target_jdk=$JAVA_HOME
  [ "$architecture" != "$(runtime_own_architecture)" ] || return 0
  sysroot=${TESTUDO_SYSROOT:?is the root that scripts/foreign-jdk has made} emulator=qemu-${tuple%%-*}-static
  for target_jdk in "$sysroot"/usr/lib/jvm/*; do [ -h "$target_jdk" ] || break; done
}

# Runs a program of the target. Its C library is that of the target, too.
runtime_run() {
  $emulator "$@"
}

# Prints the shared libraries that FILE… need, without those that a JDK brings, and the loader.
runtime_libraries() {
  libraries=$sysroot/lib/$tuple:$sysroot/usr/lib/$tuple:$target_jdk/lib
  for file in "$@"; do
    runtime_run "$sysroot$loader" --inhibit-cache --library-path "$libraries" --list "$file" |
      sed -n 's|.* => \(/[^ ]*\) .*|\1|p'
  done | grep -v "^$target_jdk/" | grep -v -x "$sysroot$loader" | sort -u
}

# Links MODULES from the directory JARS into the runtime OUT. The same input gives the same bytes.
#
# The makers of some jars have signed them, which jlink cannot keep. The tables are those of a signature scheme that
# nobody uses (Picnic), and a megabyte of noise. The native libraries of SQLite's driver are files of a package.
runtime_link() { # JARS MODULES OUT
  jdk_modules=
  [ "$target_jdk" = "$JAVA_HOME" ] || jdk_modules=$target_jdk/jmods:
  "$JAVA_HOME/bin/jlink" --module-path "$jdk_modules$1" --add-modules "$2" --ignore-signing-information \
    --exclude-resources '/org.bouncycastle.*/META-INF/*.SF,/org.bouncycastle.*/META-INF/MANIFEST.MF,**/lowmcL*.properties,/org.xerial.sqlitejdbc/org/sqlite/native/**' \
    --strip-java-debug-attributes --no-header-files --no-man-pages --output "$3" >"$3.log" 2>&1 || {
    cat "$3.log" >&2
    return 3
  }
  rm -f "$3.log" "$3/lib/classlist" "$3/lib/jrt-fs.jar" "$3"/lib/*.jsa "$3"/lib/server/*.jsa # tools, and other archives
  find "$3" -name '*.debuginfo' -delete # the modules of Debian's JDK have 600 MB of these
  runtime_providers "$3/conf/security/java.security"
}

# Leaves only the cryptographic providers of java.base in FILE; nothing uses another one. For each provider whose module
# is missing, the JDK creates all providers of all modules in search of it, and Bouncy Castle's computes tables for all
# its curves.
runtime_providers() { # FILE
  awk '/^security\.provider\.[0-9]+=/ { if ($0 !~ /=(SUN|SunRsaSign|SunEC|SunJSSE|SunJCE)$/) next
    sub(/[0-9]+/, ++count) } { print }' "$1" >"$1.new"
  mv "$1.new" "$1"
}

# Writes the archive OUT of CLASSES, a list of names, for the main class MAIN and a runtime that ARGUMENT… start: a Java
# program and its options. The JVM uses the archive only if size and time of `lib/modules` are those of now.
#
# This is not an AOT cache (JEP 514): two of these are never the same (docs/decisions/0070-packages.md).
runtime_archive() { # CLASSES OUT MAIN ARGUMENT…
  list=$1 archive=$2 main_class=$3
  shift 3
  runtime_run "$@" -Xshare:dump -XX:SharedClassListFile="$list" -XX:SharedArchiveFile="$archive" \
    -Xlog:disable -Xlog:all=error -m "$main_class" >"$archive.log" 2>&1 && [ -s "$archive" ] || {
    cat "$archive.log" >&2
    return 3
  }
  rm "$archive.log"
}
