package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The CAS instances that a user has attested, kept in `cas.json` in the user's configuration
/// directory. The first one is the default.
record KnownCas(List<RunningCas> all) {
  private static final int LIMIT = 1 << 20;
  private static final int MAX = 1000;

  KnownCas {
    all = List.copyOf(all);
  }

  /// Returns the user's configuration directory.
  static Path folder(CliContext context) throws CommandFailed {
    var environment = context.environment();
    if (environment.containsKey("TESTUDO_CONFIG")) {
      return Path.of(environment.getOrDefault("TESTUDO_CONFIG", ""));
    }
    if (environment.containsKey("XDG_CONFIG_HOME")) {
      return Path.of(environment.getOrDefault("XDG_CONFIG_HOME", "")).resolve("testudo");
    }
    var home = environment.get("HOME");
    if (home == null || home.isEmpty()) {
      throw CommandFailed.environment(
          "no directory for the configuration; set HOME or TESTUDO_CONFIG");
    }
    return Path.of(home).resolve(".config/testudo");
  }

  /// Returns the path of the user's own identity.
  static Path identity(CliContext context) throws CommandFailed {
    return folder(context).resolve("identity.pem");
  }

  static KnownCas read(CliContext context) throws IOException, CommandFailed {
    var file = folder(context).resolve("cas.json");
    if (!Files.exists(file)) {
      return new KnownCas(List.of());
    }
    // Whoever can change the file, or put another in its place, decides which CAS is trusted.
    Owned.requireOwn(folder(context).toRealPath());
    Owned.requireOwn(file.toRealPath());
    var fields = JsonMembers.read(Files.readAllBytes(file), LIMIT, "cas.json");
    var known = new ArrayList<RunningCas>();
    for (var element : fields.array("attested")) {
      var one = JsonMembers.of(element, "attested");
      var address = CasAddress.parse(one.text("address"));
      var key = KeyHash.parse(one.text("key_hash"));
      known.add(
          new RunningCas(
              address.orElseThrow(() -> one.wrong("address", "an address")),
              key.orElseThrow(() -> one.wrong("key_hash", "a key hash"))));
      one.done();
    }
    fields.done();
    return new KnownCas(known);
  }

  void write(CliContext context) throws IOException, CommandFailed {
    var entries = all.stream().<JsonValue>map(cas -> cas.json().build()).toList();
    var file = PrivateFiles.directory(folder(context)).resolve("cas.json");
    PrivateFiles.replace(
        file, Json.write(new JsonBuilder().put("attested", new JsonArray(entries)).build()));
  }

  Optional<RunningCas> first() {
    return all.stream().findFirst();
  }

  Optional<RunningCas> at(CasAddress address) {
    return all.stream().filter(cas -> cas.address().equals(address)).findFirst();
  }

  /// Returns the list with `cas`, which is in it, at its beginning.
  KnownCas withDefault(RunningCas cas) {
    var others = new ArrayList<>(all);
    others.remove(cas);
    others.addFirst(cas);
    return new KnownCas(others);
  }

  /// Returns the list with `cas` in place of what was known at its address.
  KnownCas with(RunningCas cas) throws CommandFailed {
    var others = new ArrayList<>(all);
    var place = others.indexOf(at(cas.address()).orElse(cas));
    if (place >= 0) {
      others.set(place, cas);
    } else if (others.size() < MAX) {
      others.add(cas);
    } else {
      throw CommandFailed.environment("more than " + MAX + " CAS instances are known");
    }
    return new KnownCas(others);
  }
}
