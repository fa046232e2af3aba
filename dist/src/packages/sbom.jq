# Adds to the bill of materials of the jars what the packages contain besides them.
def boringssl: {
  type: "library", name: "netty-tcnative-boringssl-static", group: "io.netty", version: $tcnative,
  description: "BoringSSL and its binding, statically linked (libnetty_tcnative)",
  purl: "pkg:maven/io.netty/netty-tcnative-boringssl-static@\($tcnative)?classifier=linux-\($cpu)&type=jar",
  licenses: [{license: {id: "Apache-2.0"}}, {license: {id: "OpenSSL"}}, {license: {id: "ISC"}}]
};
def java: {
  type: "platform", name: "OpenJDK", version: $java, publisher: $maker,
  description: "the Java runtime, with the modules that Testudo needs (lib/java)",
  cpe: "cpe:2.3:a:oracle:openjdk:\($java | split("+")[0]):*:*:*:*:*:*:*",
  licenses: [{expression: "GPL-2.0-only WITH Classpath-exception-2.0"}]
};
def libc: {
  type: "library", name: "glibc", version: $libc,
  description: "the C library of the images and of the runtime of confidential images",
  licenses: [{license: {id: "LGPL-2.1-or-later"}}]
};
# jspecify has annotations that only the compiler needs.
def shipped: contains("org.jspecify") | not;
.metadata.component.name = "testudo"
| .components |= (map(select(.group != "org.jspecify")) + [boringssl, java, libc] | sort_by(.group // "", .name))
| .dependencies |= (map(select(.ref | shipped)) | map(if .dependsOn then .dependsOn |= map(select(shipped)) else . end))
