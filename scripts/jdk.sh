# Sourced by ./testudo, ./mvnw, ./quickstart and ./test: sets JAVA_HOME to a JDK 25 or newer.
#
# It uses the first one that is new enough, in this order: $TESTUDO_JAVA_HOME, $JAVA_HOME, the `java` on PATH,
# /usr/lib/jvm, /opt, SDKMAN and ~/.jdks. It reads the version from the JDK's `release` file, so no JVM starts
# here.

testudo_jdk_is_new_enough() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ -n "$version" ] && [ "$version" -ge 25 ]
}

testudo_find_jdk() {
  on_path=$(command -v java 2>/dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/java}
  for home in "${TESTUDO_JAVA_HOME:-}" "${JAVA_HOME:-}" "${on_path:-}" \
    /usr/lib/jvm/* /opt/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
    if [ -n "$home" ] && testudo_jdk_is_new_enough "$home"; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  done
  echo "testudo: no JDK 25 or newer found (searched TESTUDO_JAVA_HOME, JAVA_HOME, PATH, /usr/lib/jvm, /opt, SDKMAN, ~/.jdks)" >&2
  echo "testudo: install one, for example Eclipse Temurin 25 or Debian 13's openjdk-25-jdk-headless, or set TESTUDO_JAVA_HOME to its folder" >&2
  return 3
}

testudo_find_jdk
