package dev.testudo.dist;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.agent.mesh.AgentCommand;
import dev.testudo.agent.single.ShieldRunCommand;
import dev.testudo.cas.CasServer;
import dev.testudo.cas.ServerOptions;
import dev.testudo.cli.Cli;
import dev.testudo.cli.CliContext;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.build.LayeredImage;
import dev.testudo.image.layer.DiskFiles;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.Platform;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.measure.SoftwareMeasurement;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The training run for the AOT cache. It uses every part once, in one process, with a service
/// that ends at once. A part that fails, for example for lack of privileges, only starts more
/// slowly later.
final class Training {
  private static final String SESSION = "training";
  private static final int REPETITIONS = 10;
  private static final Path PROGRAM = Path.of("/bin/true");

  private final Path scratch;
  private final CliContext context;

  private Training(Path scratch, CliContext context) {
    this.scratch = scratch;
    this.context = context;
  }

  /// Trains with files in `scratch`, an empty directory for this alone.
  static int run(Path scratch, CliContext context) {
    var training = new Training(scratch, context);
    try {
      training.commandLine();
      training.shield();
      training.service();
      training.image();
      VolumeTraining.run(Files.createDirectory(scratch.resolve("volume")));
      return 0;
    } catch (IOException e) {
      context.streams().err().println("training ended early: " + e.getMessage());
      return 0;
    }
  }

  private void commandLine() throws IOException {
    var files = List.of("service.yaml", "mesh.yaml", "session.yaml", "wrong.yaml");
    for (var name : files) {
      Files.writeString(scratch.resolve(name), resource(name));
      Cli.run(new String[] {"check", scratch.resolve(name).toString()}, context);
    }
    Cli.run(new String[] {"version"}, context);
    Cli.run(new String[] {"--help"}, context);
  }

  /// Runs the shield with one protected rule without identity, so that no key is needed. It does
  /// not wait until the relay has warmed up, because that did not make first connections faster.
  private void shield() throws IOException {
    var rules = scratch.resolve("shield.env");
    Files.writeString(rules, resource("shield.env"));
    Cli.run(new String[] {"shield", "check", "--env-file", rules.toString()}, context);
    Cli.run(new String[] {"shield", "top", "--once"}, context);
    var words = List.of("run", "--env-file", rules.toString(), "--", PROGRAM.toString());
    ShieldRunCommand.run(words, Map.of(), "", context.streams().out(), context.streams().err());
  }

  private void service() throws IOException {
    var image = Files.createDirectories(scratch.resolve("image/root/training")).resolve("../..");
    Files.writeString(image.resolve("root/training/file"), "content");
    var program = PROGRAM.toRealPath();
    Files.writeString(
        image.resolve("image.json"),
        "{\"name\":\"training\",\"files\":[\"%s\"]}".formatted(program));
    var lib = context.installation().lib();
    var measured = SoftwareMeasurement.of(lib, image);
    var measurement = measured.measurement();
    var session =
        resource("session.yaml")
            .replace("/usr/bin/true", program.toString())
            .replace("0".repeat(64), measurement.hex());
    var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (var cas = CasServer.start(new ServerOptions(scratch.resolve("cas"), anyPort))) {
      var address = new CasAddress("127.0.0.1", cas.address().getPort());
      String token;
      try (var client =
          new CasClient(address, cas.keyHash(), Identity.ephemeral("training.testudo.internal"))) {
        client.applySession(SESSION, session);
        client.version();
        token = token(client);
        load(client, address, cas.keyHash(), measured);
      }
      AgentCommand.run(
          List.of(
              "--cas", address.toString(),
              "--cas-key", cas.keyHash().text(),
              "--service", SESSION + "/program",
              "--address", "127.66.66.66",
              "--image", image.toString()),
          Map.of("SCONE_SERVICE_ACCESS_TOKEN", token),
          lib,
          InputStream.nullInputStream(),
          context.streams().out(),
          context.streams().err());
    }
  }

  /// Gives CAS the same work many times. The cache keeps what the JVM learns about code that runs
  /// often, so that a CAS that has just started is soon as fast as one that has run for minutes.
  private static void load(
      CasClient client, CasAddress address, KeyHash key, SoftwareMeasurement measured)
      throws IOException {
    var session = resource("load.yaml");
    client.applySession("load", session);
    for (var i = 0; i < REPETITIONS; i++) {
      AttestedChannel.fetch(
          address,
          key,
          AttestedChannel.instance(),
          "load/program",
          (report, _) ->
              new Evidence.Software(measured.image().measurement(), measured.machine(), report),
          Optional.empty());
      client.readSession("load");
      if (i % 20 == 0) {
        client.createSession(session.replace("name: load", "name: load" + i));
      }
    }
  }

  /// Makes a confidential image of one with a single file, and its bill of materials.
  private void image() throws IOException {
    var root = Files.createDirectory(scratch.resolve("root"));
    Files.copy(PROGRAM, root.resolve("program"));
    var base = scratch.resolve("base");
    var lib = context.installation().lib();
    var agent = AgentLayer.read(lib.resolveSibling("container"));
    try (var image = LayeredImage.onNothing(Platform.linux(agent.architecture()), base);
        var sink = LayoutSink.open(base)) {
      image.add(DiskFiles.normalised(root, "/"));
      var config = image.parts().config().write();
      sink.put(image.parts().manifest().config(), () -> new ByteArrayInputStream(config));
      sink.putManifest(new ManifestReference.ByTag("base"), image.parts().manifest().write());
    }
    var from = "oci:" + base;
    var to = "oci:" + scratch.resolve("made");
    var session = scratch.resolve("made.yaml").toString();
    Cli.run(
        new String[] {"sconify", "-q", "--from", from, "--to", to, "-o", session, "--", "/program"},
        new CliContext(
            Map.of("XDG_CACHE_HOME", scratch.resolve("user-cache").toString()),
            context.streams(),
            context.installation(),
            context.terminal(),
            context.started(),
            context.insistence()));
  }

  private static String token(CasClient client) throws IOException {
    var service = new ServiceId(new SessionName(SESSION), "program");
    try (var token =
        client.createJoinToken(service, new JoinTokenOrder(1, Duration.ofMinutes(10)))) {
      return token.value().reveal(bytes -> new String(bytes, UTF_8));
    }
  }

  private static String resource(String name) throws IOException {
    try (var in = Training.class.getResourceAsStream("training/" + name)) {
      if (in == null) {
        throw new IOException("training/" + name + " is not in the jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
