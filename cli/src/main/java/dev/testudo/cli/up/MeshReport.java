package dev.testudo.cli.up;

import dev.testudo.cli.board.MeshView;
import dev.testudo.cli.board.MeshView.PortRow;
import dev.testudo.cli.board.MeshView.ServiceRow;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file `run/mesh.json`, which describes the running mesh for scripts.
///
/// ```
/// {"namespace": "shop", "ready": true,
///  "cas": {"address": "127.0.0.1:41234", "key_hash": "…"},
///  "services": {"redis": {"address": "127.103.156.2", "pid": 812, "state": "ready",
///    "attestation": "software (not hardware attested)",
///    "listening": [{"address": "127.103.156.2:6379", "rule": "SERVER_1", "mode": "protected"}]}}}
/// ```
///
/// `pid` is the process to signal in order to stop the service; it is left out until there is one.
public record MeshReport(String namespace, RunningCas cas, boolean ready) {
  private static final int LIMIT = 4 << 20;

  /// Replaces `file` atomically.
  void write(Path file, MeshView view) throws IOException {
    PrivateFiles.replace(file, Json.write(json(view)));
  }

  JsonValue json(MeshView view) {
    var services = new JsonBuilder();
    view.services().forEach(row -> services.put(row.name(), service(row)));
    return new JsonBuilder()
        .put("namespace", namespace)
        .put("ready", ready)
        .put("cas", cas.json().build())
        .put("services", services.build())
        .build();
  }

  private static JsonValue service(ServiceRow row) {
    var service = new JsonBuilder().put("address", row.address());
    row.pid().ifPresent(pid -> service.put("pid", pid));
    return service
        .put("state", row.state().word())
        .put("attestation", row.attestation())
        .put(
            "listening",
            new JsonArray(row.listening().stream().<JsonValue>map(MeshReport::port).toList()))
        .build();
  }

  private static JsonValue port(PortRow port) {
    return new JsonBuilder()
        .put("address", port.at())
        .put("rule", port.rule())
        .put("mode", port.mode())
        .build();
  }

  /// Returns the CAS of the running mesh that wrote `file`.
  public static RunningCas readCas(Path file) throws IOException {
    var fields = JsonMembers.read(Files.readAllBytes(file), LIMIT, "mesh.json");
    return RunningCas.from(fields.object("cas"), "address");
  }
}
