package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.LiftedService;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.build.ConfidentialImage;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.ImageName;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo sconify`.
@Command(
    name = "sconify",
    description = {
      "Makes a confidential image of an existing one, and the session for it.",
      "The new image starts an agent, which starts the program only once it is attested. Command,"
          + " environment and working directory of the existing image go into the session.",
      "A place is NAME or docker://NAME (in a registry), oci:DIRECTORY[:TAG], oci-archive:FILE[:TAG] or"
          + " docker-archive:FILE[:NAME]."
    })
final class SconifyCommand implements Callable<Integer> {
  /// How long an orderly stop may take: the uploads that have begun are canceled.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final CliContext context;

  @Option(
      names = "--from",
      paramLabel = "IMAGE",
      required = true,
      description = "The existing image.")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "IMAGE",
      required = true,
      description = "Where the confidential image goes.")
  private String to = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The name of session and service (default: the last part of the name in --to).")
  private @Nullable String name;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where the session goes (default: target/NAME.session.yaml).")
  private @Nullable Path output;

  @Mixin private InsecureOption insecure = new InsecureOption();

  @Option(
      names = {"-q", "--quiet"},
      description = "Prints only the result.")
  private boolean quiet;

  @Mixin private JsonOption json = new JsonOption();

  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "The program and its arguments, after `--`, in place of the image's.")
  private List<String> command = List.of();

  SconifyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var source = ImagePlaces.location(from);
    var target = ImagePlaces.location(to);
    var service = name == null ? lastPart(target) : name;
    var agent = AgentLayer.read(context.installation().lib().resolveSibling("container"));
    var me = Thread.currentThread();
    try (var signals = StopSignals.listen(STOP_LIMIT, context.insistence(), () -> {});
        var client = insecure.client(context)) {
      signals.tell(me::interrupt);
      var places = new ImagePlaces(client);
      try (var opened = places.open(source)) {
        var base = opened.image(ArchitectureOption.of(null));
        var lifted = LiftedService.of(service, base.config().container(), command);
        tell(source, base);
        var prepared =
            ConfidentialImage.prepare(
                opened.source(),
                base,
                agent,
                service,
                List.of(),
                ImagePlaces.cache(context.environment()));
        var session = session(service, lifted.session(prepared.measurement().hex()));
        try (var sink = places.create(source, target)) {
          var made = prepared.write(sink, reference(target, service));
          write(session);
          report(target, made, session);
        }
      }
    }
    return 0;
  }

  private static String lastPart(ImageLocation target) {
    return switch (target) {
      case ImageLocation.InRegistry(var image) ->
          image.repository().substring(image.repository().lastIndexOf('/') + 1);
      case ImageLocation.Local local ->
          Objects.toString(local.path().getFileName(), "service")
              .replaceAll("\\.(tar|gz|tgz)$", "");
    };
  }

  private static ManifestReference reference(ImageLocation target, String service)
      throws CommandFailed {
    return ImagePlaces.name(
        target, ImageName.DEFAULT_TAG, "localhost/" + service + ":" + ImageName.DEFAULT_TAG);
  }

  private void tell(ImageLocation source, ImageParts base) {
    if (quiet) {
      return;
    }
    var err = context.streams().err();
    var bytes = base.manifest().layers().stream().mapToLong(layer -> layer.size()).sum();
    err.println(
        "testudo: reading %d layers (%.1f MB) of %s"
            .formatted(base.manifest().layers().size(), bytes / 1e6, source));
    for (var line : notes(base.config().container())) {
      err.println("testudo: " + line);
    }
  }

  /// Returns what the new image has not, for people to read.
  private static List<String> notes(ContainerConfig container) {
    var notes = new ArrayList<String>();
    container
        .healthcheck()
        .ifPresent(
            _ ->
                notes.add(
                    "the image's health check is left out: it would run outside the attested program"));
    if (!container.volumes().isEmpty()) {
      notes.add(
          "not measured, because they are volumes of the image: "
              + String.join(", ", container.volumes()));
    }
    if (container.user().isEmpty() || container.user().startsWith("0")) {
      notes.add(
          "the image runs as root; choose a user where you start it, if the program allows it");
    }
    return notes;
  }

  /// Returns the session, which CAS would accept.
  private SourceFile session(String service, String text) throws CommandFailed {
    var file = output == null ? Path.of("target", service + ".session.yaml") : output;
    var session = new SourceFile(file.toString(), text);
    new Findings(context.streams().err()).need(SessionParser.read(session));
    return session;
  }

  private static void write(SourceFile session) throws IOException {
    var file = Path.of(session.name()).toAbsolutePath();
    var parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.write(file, session.text().getBytes(UTF_8));
  }

  private void report(ImageLocation target, ConfidentialImage made, SourceFile session) {
    var out = context.streams().out();
    if (json.isGiven()) {
      var object =
          new JsonBuilder()
              .put("image", target.toString())
              .put("digest", made.manifest().digest().toString())
              .put("measurement", made.measurement().hex())
              .put("entries", made.tree().entries())
              .put("session", session.name());
      JsonOption.print(Json.write(object.build()), out);
      return;
    }
    print(out, "image", target + "@" + made.manifest().digest());
    print(out, "measurement", made.measurement().hex() + " (not hardware attested)");
    print(out, "session", session.name());
  }

  private static void print(PrintStream out, String what, String value) {
    out.println("%-12s %s".formatted(what, value));
  }
}
