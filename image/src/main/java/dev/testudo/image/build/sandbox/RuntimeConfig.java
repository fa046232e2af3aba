package dev.testudo.image.build.sandbox;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The `config.json` of a container (OCI runtime-spec, config.md): namespaces of its own, a `/dev`
/// with only harmless devices, no `/sys`, no new privileges, few capabilities and system calls.
final class RuntimeConfig {
  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private final SandboxProgram program;
  private final IdMapping ids;

  private RuntimeConfig(SandboxProgram program, IdMapping ids) {
    this.program = program;
    this.ids = ids;
  }

  static byte[] write(SandboxProgram program, IdMapping ids) throws IOException {
    return new RuntimeConfig(program, ids).write();
  }

  private byte[] write() throws IOException {
    return Json.write(
        new JsonBuilder()
            .put("ociVersion", "1.0.2")
            .put("process", process())
            .put(
                "root",
                new JsonBuilder()
                    .put("path", program.root().toString())
                    .put("readonly", program.rights() == SandboxProgram.Rights.FILES)
                    .build())
            .put("hostname", "build")
            .put("mounts", mounts())
            .put("linux", linux())
            .build());
  }

  private JsonObject process() throws IOException {
    var variables = new ArrayList<String>();
    new TreeMap<>(program.call().environment())
        .forEach((name, value) -> variables.add(name + "=" + value));
    var capabilities = new JsonBuilder();
    for (var set : List.of("bounding", "effective", "permitted")) {
      capabilities.put(set, program.rights().capabilities());
    }
    return new JsonBuilder()
        .put("terminal", false)
        .put("user", new JsonBuilder().put("uid", 0).put("gid", 0).put("umask", 0022).build())
        .put("args", program.call().arguments())
        .put("env", variables)
        .put("cwd", program.call().directory())
        .put("capabilities", capabilities.build())
        .put("noNewPrivileges", true)
        .put(
            "rlimits",
            new JsonArray(
                List.of(
                    limit("RLIMIT_CORE", "Max core file size", 0),
                    limit("RLIMIT_FSIZE", "Max file size", program.limits().fileBytes()),
                    limit("RLIMIT_NPROC", "Max processes", program.limits().processes()))))
        .build();
  }

  /// Returns a limit that is not above that of this process, which it may not exceed.
  private static JsonObject limit(String type, String name, long wanted) throws IOException {
    var most = wanted;
    for (var line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (line.startsWith(name)) {
        var hard = line.substring(name.length()).strip().split("\\s+")[1];
        most = hard.equals("unlimited") ? wanted : Math.min(wanted, Long.parseLong(hard));
      }
    }
    return new JsonBuilder().put("type", type).put("hard", most).put("soft", most).build();
  }

  private JsonArray mounts() {
    var mounts = new ArrayList<JsonValue>();
    mounts.add(mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")));
    mounts.add(
        mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=1m")));
    mounts.add(
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620")));
    mounts.add(
        mount(
            "/dev/shm",
            "tmpfs",
            "shm",
            List.of("nosuid", "noexec", "nodev", "mode=1777", "size=256m")));
    for (var mount : program.mounts()) {
      var options = new ArrayList<>(List.of("rbind", "nosuid", "nodev"));
      options.add(mount.readOnly() ? "ro" : "rw");
      mounts.add(mount(mount.destination(), "bind", mount.source().toString(), options));
    }
    return new JsonArray(mounts);
  }

  private static JsonObject mount(
      String destination, String type, String source, List<String> options) {
    return new JsonBuilder()
        .put("destination", destination)
        .put("type", type)
        .put("source", source)
        .put("options", options)
        .build();
  }

  private JsonObject linux() throws IOException {
    var kinds = new ArrayList<>(List.of("mount", "pid", "ipc", "uts", "cgroup"));
    if (!program.network()) {
      kinds.add("network");
    }
    var linux =
        new JsonBuilder()
            .put("maskedPaths", MASKED)
            .put("readonlyPaths", READ_ONLY)
            .put("seccomp", SystemCallFilter.json());
    if (ids.isNamespace()) {
      kinds.add("user");
      linux.put("uidMappings", mappings(ids.users())).put("gidMappings", mappings(ids.groups()));
    }
    var namespaces = new ArrayList<JsonValue>();
    kinds.forEach(kind -> namespaces.add(new JsonBuilder().put("type", kind).build()));
    return linux.put("namespaces", new JsonArray(namespaces)).build();
  }

  private static JsonArray mappings(List<IdMapping.Range> ranges) {
    var mappings = new ArrayList<JsonValue>();
    for (var range : ranges) {
      mappings.add(
          new JsonBuilder()
              .put("containerID", range.inside())
              .put("hostID", range.outside())
              .put("size", range.size())
              .build());
    }
    return new JsonArray(mappings);
  }
}
