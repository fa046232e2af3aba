package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notDelivered;
import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.approval.SessionDiff;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.channel.ProtectedFiles;
import dev.testudo.trust.channel.VolumeAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Volumes and other protected files: who gets which key and which tag.
class VolumesTest extends WithTestCas {
  private static final String KEY = "00112233445566778899aabbccddeeff".repeat(2);
  private static final String TAG = "ffeeddccbbaa99887766554433221100";

  /// Returns a session whose service `s` sees the volume `data` at `/data`.
  private static String session(String name, String policy, String volumes) {
    return TestCas.showing(name, "x", volumes)
        .replace(
            "    injection_files:",
            "    volumes: [{name: data, path: /data%s}]\n    injection_files:".formatted(policy));
  }

  private static String owner(String export) {
    return "name: m/db\nversion: 0.3.11\nvolumes: [{name: data%s}]\n".formatted(export);
  }

  private static String importer(String policy, String volume) {
    return session(
        "m/api",
        policy,
        "volumes: [{name: data, import: {session: ../db, volume: %s}}]\n".formatted(volume));
  }

  private VolumeAccess volume(String session) throws IOException {
    var volumes = cas.fetch(session + "/s").protectedFiles().volumes();
    assertEquals(1, volumes.size());
    return volumes.getFirst();
  }

  private static byte[] key(VolumeAccess volume) {
    return volume.key().key().reveal(byte[]::clone);
  }

  @Test
  void casGeneratesTheKeyOnceAndOnlyTheServiceGetsIt() throws IOException {
    var yaml = session("a", "", "volumes: [{name: data}]\n");
    cas.create(yaml);
    var volume = volume("a");
    assertEquals(
        List.of("a", "data", "/data", "encrypted", "rollback_protected"),
        List.of(
            volume.volume().session().value(),
            volume.volume().name(),
            volume.path(),
            volume.files().text(),
            volume.updates().text()));
    assertEquals(Optional.empty(), volume.key().tag());
    var key = key(volume);
    assertEquals(32, key.length);
    assertArrayEquals(key, key(volume("a")));
    cas.restart();
    assertArrayEquals(key, key(volume("a")));
    cas.update("a", yaml + "# changed\n");
    assertArrayEquals(key, key(volume("a")));
    try (var client = cas.client(cas.owner)) {
      var read = client.readSession("a").yaml();
      assertFalse(read.contains(HexFormat.of().formatHex(key)), read);
    }
    refused("unknown-value", () -> cas.publicValue("a", "volume/data"));
    cas.server().close();
    var log = Files.readString(state.resolve("audit.jsonl"));
    assertTrue(log.contains("\"volume/data@1\""), log);
    assertFalse(log.contains(Base64.getEncoder().encodeToString(key)), log);
    cas.restart();
  }

  @Test
  void anotherNameIsAnotherKey() throws IOException {
    cas.create(session("a", "", "volumes: [{name: data}]\n"));
    var key = key(volume("a"));
    var renamed =
        session("a", "", "volumes: [{name: data2}]\n").replace("name: data,", "name: data2,");
    cas.update("a", renamed);
    assertFalse(Arrays.equals(key, key(volume("a"))));
    cas.update("a", session("a", "", "volumes: [{name: data}]\n"));
    assertFalse(Arrays.equals(key, key(volume("a"))), "the old key is forgotten");
  }

  @Test
  void aKeyAndTagOfThePolicyAreServed() throws IOException {
    cas.create(
        session(
            "a",
            ", update_policy: ephemeral",
            "volumes: [{name: data, files: authenticated-only, fspf_key: %s, fspf_tag: %s}]\n"
                .formatted(KEY, TAG)));
    var volume = volume("a");
    assertEquals(KEY, HexFormat.of().formatHex(key(volume)));
    assertEquals(Optional.of(TAG), volume.key().tag());
    assertEquals(
        List.of("authenticated-only", "ephemeral"),
        List.of(volume.files().text(), volume.updates().text()));
  }

  @Test
  void theKeyMayBeASecret() throws IOException {
    var secret =
        """
        secrets: [{name: k, kind: binary, value: %s}]
        volumes: [{name: data, fspf_key: $$SCONE::k%s$$, fspf_tag: %s}]
        """;
    cas.create(session("a", "", secret.formatted(KEY, "", TAG)));
    assertEquals(KEY, HexFormat.of().formatHex(key(volume("a"))));
    cas.update("a", session("a", "", secret.formatted(KEY, ":hex", TAG)));
    assertEquals(KEY, HexFormat.of().formatHex(key(volume("a"))));
    var imported =
        session(
            "b",
            "",
            """
            secrets: [{name: k, import: {session: c, secret: k}}]
            volumes: [{name: data, fspf_key: $$SCONE::k$$, fspf_tag: %s}]
            """
                .formatted(TAG));
    cas.create("name: c\nversion: 0.3\nsecrets: [{name: k, kind: binary, export: b}]\n");
    cas.create(imported);
    notDelivered("secret-unavailable", () -> volume("b"));
    cas.update(
        "c", "name: c\nversion: 0.3\nsecrets: [{name: k, kind: binary, size: 32, export: b}]\n");
    assertEquals(32, key(volume("b")).length);
  }

  @Test
  void aVolumeOfAnotherSessionArrivesIfThatExportsIt() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    var warnings = new ArrayList<String>();
    cas.create(owner(""));
    try (var client = cas.client(cas.owner)) {
      client.onWarning(warnings::add);
      client.createSession(importer("", "data"));
    }
    assertEquals(
        List.of(
            "session `m/api` cannot import `data`: session `m/db` exports no volume `data` to it (session:16:18)"),
        warnings);
    notDelivered("secret-unavailable", () -> volume("m/api"));
    for (var wrong :
        List.of("{session: m/ap}", "{session: ../api, session_hash: %s}".formatted(KEY))) {
      cas.update("m/db", owner(", export: " + wrong));
      notDelivered("secret-unavailable", () -> volume("m/api"));
    }
    cas.update("m/db", owner(", export: ../api"));
    assertEquals("m/db", volume("m/api").volume().session().value());
    var key = key(volume("m/api"));
    cas.update("m/db", owner(", export: {to: {session: ../api}, volume_alias: records}"));
    notDelivered("secret-unavailable", () -> volume("m/api"));
    cas.update("m/api", importer("", "records"));
    assertEquals("data", volume("m/api").volume().name());
    assertArrayEquals(key, key(volume("m/api")));
    refused(
        "session-in-use",
        () -> {
          try (var client = cas.client(cas.owner)) {
            client.deleteSession("m/db", client.readSession("m/db").hash());
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "ephemeral, ephemeral, ephemeral",
    "ephemeral, rollback_protected, ephemeral",
    "ephemeral, no_rollback_protection, ephemeral",
    "rollback_protected, ephemeral, ephemeral",
    "rollback_protected, rollback_protected, rollback_protected",
    "rollback_protected, no_rollback_protection, refused",
    "no_rollback_protection, ephemeral, ephemeral",
    "no_rollback_protection, rollback_protected, rollback_protected",
    "no_rollback_protection, no_rollback_protection, no_rollback_protection",
  })
  void theOwnerLimitsWhatAnImporterMayDo(String exported, String wanted, String result)
      throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    cas.create(owner(""));
    cas.create(importer(", update_policy: " + wanted, "data"));
    cas.update("m/db", owner(", export: {session: ../api, update_policy: %s}".formatted(exported)));
    if (result.equals("refused")) {
      notDelivered("secret-unavailable", () -> volume("m/api"));
    } else {
      assertEquals(result, volume("m/api").updates().text());
    }
  }

  @Test
  void theFilesOfTheImageComeWithTheirKeyAndTag() throws IOException {
    var region = "    command: prog\n    fspf_path: /fs.pb\n    fspf_key: %s\n    %s\n";
    var yaml = TestCas.showing("a", "x", "");
    cas.create(yaml.replace("    command: prog\n", region.formatted(KEY, "fspf_tag: " + TAG)));
    var protectedFiles = cas.fetch("a/s").protectedFiles();
    assertEquals(List.of(), protectedFiles.volumes());
    var files = protectedFiles.region().orElseThrow();
    assertEquals("/fs.pb", files.path());
    assertEquals("rollback_protected_reinitializable", files.updates());
    assertEquals(Optional.of(TAG), files.key().tag());
    assertEquals(KEY, HexFormat.of().formatHex(files.key().key().reveal(byte[]::clone)));
    cas.update(
        "a",
        yaml.replace(
            "    command: prog\n",
            region.formatted(KEY, "fspf_update_policy: no_rollback_protection")));
    var free = cas.fetch("a/s").protectedFiles().region().orElseThrow();
    assertEquals(Optional.empty(), free.key().tag());
    assertEquals("no_rollback_protection", free.updates());
    cas.update("a", yaml);
    assertEquals(ProtectedFiles.NONE, cas.fetch("a/s").protectedFiles());
  }

  @Test
  void aDryRunSaysWhichKeysStay() throws IOException {
    var yaml = "name: a\nversion: 0.3\nvolumes: [{name: kept}, {name: gone}%s]\n";
    var hash =
        cas.create(
            yaml.formatted(", {name: given, fspf_key: %s, fspf_tag: %s}".formatted(KEY, TAG)));
    var changed =
        yaml.replace("{name: gone}", "{name: fresh}")
            .formatted(
                ", {name: given, fspf_key: %s, fspf_tag: %s}".formatted(KEY, KEY.substring(32)));
    try (var client = cas.client(cas.owner)) {
      var difference = client.diff(PredecessorLine.withPredecessor(changed, hash));
      var fates = new TreeMap<String, String>();
      for (SessionDiff.Fate fate : difference.secrets()) {
        assertTrue(fate.isVolume());
        fates.put(fate.name(), fate.fate());
      }
      assertEquals(
          Map.of("kept", "kept", "gone", "removed", "fresh", "new", "given", "changed"), fates);
    }
  }
}
