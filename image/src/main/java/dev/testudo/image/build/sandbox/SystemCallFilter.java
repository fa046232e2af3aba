package dev.testudo.image.build.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The system calls that programs in a sandbox may make, as a member `seccomp` of a configuration
/// (OCI runtime-spec, config-linux.md). Those of Docker's and Podman's default profiles, without
/// those that need a privilege. Unknown calls fail with `ENOSYS`, so that libraries use older ones.
final class SystemCallFilter {
  private static final String RESOURCE = "system-calls.txt";
  private static final long EPERM = 1;
  private static final long ENOSYS = 38;

  /// `CLONE_NEWCGROUP` to `CLONE_NEWNET`, and `CLONE_NEWNS`.
  private static final long NEW_NAMESPACES = 0x7E02_0000L;

  private static final long AF_VSOCK = 40;

  /// Linux on 64 bits, with 32-bit system information (`UNAME26` is left out), and "which one?".
  private static final List<Long> PERSONALITIES =
      List.of(0L, 0x8L, 0x2_0000L, 0x2_0008L, 0xFFFF_FFFFL);

  /// What programs try although they may not; other errors than these confuse them.
  private static final List<String> DENIED =
      List.of("mount", "umount2", "unshare", "setns", "pivot_root", "bpf", "keyctl", "syslog");

  private SystemCallFilter() {}

  static JsonObject json() throws IOException {
    var rules = new ArrayList<JsonValue>();
    rules.add(rule(allowed(), "SCMP_ACT_ALLOW", Optional.empty()));
    rules.add(
        rule(
            List.of("clone"),
            "SCMP_ACT_ALLOW",
            Optional.of(condition(0, NEW_NAMESPACES, "SCMP_CMP_MASKED_EQ"))));
    rules.add(
        rule(
            List.of("socket"),
            "SCMP_ACT_ALLOW",
            Optional.of(condition(0, AF_VSOCK, "SCMP_CMP_NE"))));
    for (var personality : PERSONALITIES) {
      rules.add(
          rule(
              List.of("personality"),
              "SCMP_ACT_ALLOW",
              Optional.of(condition(0, personality, "SCMP_CMP_EQ"))));
    }
    rules.add(rule(DENIED, "SCMP_ACT_ERRNO", Optional.empty()));
    return new JsonBuilder()
        .put("defaultAction", "SCMP_ACT_ERRNO")
        .put("defaultErrnoRet", ENOSYS)
        .put("syscalls", new JsonArray(rules))
        .build();
  }

  private static List<String> allowed() throws IOException {
    try (var in =
        Objects.requireNonNull(SystemCallFilter.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> List.of(line.split(" ")).stream())
          .toList();
    }
  }

  private static JsonObject rule(List<String> names, String action, Optional<JsonObject> argument) {
    var rule = new JsonBuilder().put("names", names).put("action", action);
    if (action.equals("SCMP_ACT_ERRNO")) {
      rule.put("errnoRet", EPERM);
    }
    argument.ifPresent(one -> rule.put("args", new JsonArray(List.of(one))));
    return rule.build();
  }

  private static JsonObject condition(long index, long value, String operation) {
    return new JsonBuilder()
        .put("index", index)
        .put("value", value)
        .put("valueTwo", 0)
        .put("op", operation)
        .build();
  }
}
