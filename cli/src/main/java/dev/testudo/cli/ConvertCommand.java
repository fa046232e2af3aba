package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.chart.ChartOrder.CasIdentity;
import dev.testudo.cli.convert.Conversion;
import dev.testudo.cli.convert.Conversion.Choices;
import dev.testudo.cli.convert.Conversion.OutputFile;
import dev.testudo.cli.convert.Conversion.Target;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.ImageStarts;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo convert`.
@Command(
    name = "convert",
    description = {
      "Makes a Meshfile and service manifests of Kubernetes objects.",
      "Each container of a Deployment, StatefulSet, DaemonSet, Job, CronJob or Pod becomes a"
          + " service. ConfigMaps, Secrets, Services, NetworkPolicies and Ingresses become its"
          + " environment, files, secrets and connections. `testudo apply` continues from there.",
      "Annotations that begin with `testudo.dev/` say of one object what options say of all:"
          + " `convert: \"false\"` leaves it as it is, and `name`, `command`, `user`,"
          + " `generate-secrets` and `plain-volumes` choose what their names say."
    })
final class ConvertCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  /// The most files that are read at once.
  private static final int MAX_FILES = 1000;

  private static final int MAX_INPUT = 1 << 20;

  /// The most characters of all files together.
  private static final int MAX_ALL = 16 << 20;

  private final CliContext context;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      required = true,
      description =
          "A YAML file, a folder with such files, or - for standard input. May be repeated.")
  private List<String> inputs = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where the files go; the directory must be new or empty (default: converted).")
  private Path output = Path.of("converted");

  @Option(
      names = "--registry",
      paramLabel = "PREFIX",
      description =
          "What precedes the names of the new images, such as registry.example.org/shop (default:"
              + " localhost).")
  private String registry = "localhost";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "The namespace of the mesh on its CAS (default: that of the objects).")
  private @Nullable String namespace;

  @Option(
      names = "--command",
      paramLabel = "SERVICE=COMMAND",
      description =
          "The command line of a service whose pod gives none; `args` of the pod follow it.")
  private Map<String, String> commands = new LinkedHashMap<>();

  @Option(
      names = "--generate-secrets",
      paramLabel = "NAME",
      split = ",",
      description =
          "A Secret, or SECRET/KEY, whose content CAS generates anew instead of keeping it.")
  private List<String> generate = List.of();

  @Option(
      names = "--plain-volumes",
      paramLabel = "NAME",
      split = ",",
      description =
          "A volume of a pod that is not encrypted, so that the operator can read and change it.")
  private List<String> plainVolumes = List.of();

  @Option(
      names = "--tolerate",
      paramLabel = "WORD",
      split = ",",
      description =
          "A weakness that services may have, such as software-evidence; see `policy.tolerate`.")
  private List<String> tolerate = List.of();

  @Option(
      names = "--in-place",
      description =
          "Also writes the objects again, with confidential pods, for `kubectl apply -f"
              + " DIR/in_place`.")
  private boolean inPlace;

  @Option(
      names = {"-c", "--cas"},
      paramLabel = "HOST:PORT",
      description =
          "With --in-place, the address of the CAS as pods reach it (default: $TESTUDO_CAS, else"
              + " the default one).")
  private @Nullable String cas;

  @Option(
      names = "--cas-key",
      paramLabel = "HASH",
      description =
          "With --in-place, the hash of its key (default: $TESTUDO_CAS_KEY with $TESTUDO_CAS, else"
              + " the one that it was attested with).")
  private @Nullable String casKey;

  @Option(
      names = "--read-images",
      description =
          "Reads ENTRYPOINT, CMD, ENV, USER and WORKDIR of the images from their registries.")
  private boolean readImages;

  @Mixin private InsecureOption insecure = new InsecureOption();

  ConvertCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    requireNew();
    var sources = sources();
    var converted = Conversion.of(sources, choices(sources));
    var conversion = new Findings(context.streams().err()).need(converted);
    write(conversion.files());
    print(conversion);
    return 0;
  }

  private Choices choices(List<SourceFile> sources) throws IOException, CommandFailed {
    if (!inPlace && (cas != null || casKey != null)) {
      throw CommandFailed.usage("--cas and --cas-key need --in-place");
    }
    if (!readImages && insecure.isGiven()) {
      throw CommandFailed.usage("--insecure needs --read-images");
    }
    return new Choices(
        new Target(registry.replaceFirst("/+$", ""), Optional.ofNullable(namespace), tolerate),
        commands,
        new LinkedHashSet<>(generate),
        new LinkedHashSet<>(plainVolumes),
        readImages ? images(sources) : Map.of(),
        inPlace ? Optional.of(casOfPods()) : Optional.empty());
  }

  private CasIdentity casOfPods() throws IOException, CommandFailed {
    var isGiven = cas != null || context.environment().containsKey("TESTUDO_CAS");
    if (!isGiven && KnownCas.read(context).first().isEmpty()) {
      throw CommandFailed.usage(
          "which CAS do the pods have? give --cas HOST:PORT and --cas-key HASH, or attest one with"
              + " `testudo cas attest`");
    }
    var which =
        CasClientOptions.selected(Optional.ofNullable(cas), Optional.ofNullable(casKey), context);
    return new CasIdentity(which.address().toString(), which.key().text());
  }

  private Map<String, ContainerConfig> images(List<SourceFile> sources)
      throws IOException, CommandFailed {
    try (var client = insecure.client(context)) {
      return new ImageStarts(new ImagePlaces(client), ArchitectureOption.of(null))
          .of(Conversion.images(sources));
    }
  }

  private void requireNew() throws IOException, CommandFailed {
    if (!Files.exists(output, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(output, LinkOption.NOFOLLOW_LINKS)) {
      try (var content = Files.list(output)) {
        if (content.findAny().isEmpty()) {
          return;
        }
      }
    }
    throw CommandFailed.input(
        "%s exists and is not an empty directory; remove it, or choose another one with `-o`"
            .formatted(output));
  }

  private List<SourceFile> sources() throws IOException, CommandFailed {
    var sources = new ArrayList<SourceFile>();
    for (var input : inputs) {
      if (input.equals(STANDARD_INPUT)) {
        add(standardInput(), sources);
      } else {
        for (var file : files(Path.of(input))) {
          add(SourceFiles.read(file), sources);
        }
      }
    }
    return sources;
  }

  private static void add(SourceFile source, List<SourceFile> sources) throws CommandFailed {
    sources.add(source);
    if (sources.size() > MAX_FILES) {
      throw CommandFailed.input("there are more than %d files".formatted(MAX_FILES));
    }
    if (sources.stream().mapToLong(s -> s.text().length()).sum() > MAX_ALL) {
      throw CommandFailed.input(
          "the files have more than %d characters together; convert fewer objects at once"
              .formatted(MAX_ALL));
    }
  }

  /// Returns a file, or the files of a folder in the order of their names, as kubectl reads them.
  private static List<Path> files(Path input) throws IOException, CommandFailed {
    if (!Files.isDirectory(input)) {
      return List.of(input);
    }
    try (var content = Files.list(input)) {
      var files =
          content
              .filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
              .filter(file -> !Files.isDirectory(file))
              .limit(MAX_FILES + 1L)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw CommandFailed.input("%s has no file `*.yaml`, `*.yml` or `*.json`".formatted(input));
      }
      for (var file : files) {
        // Whoever opens a pipe waits for a writer.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
          throw CommandFailed.input("%s is not a regular file".formatted(file));
        }
      }
      return files;
    }
  }

  private SourceFile standardInput() throws IOException, CommandFailed {
    var bytes = context.streams().in().readNBytes(MAX_INPUT + 1);
    if (bytes.length > MAX_INPUT) {
      throw CommandFailed.input("standard input is longer than %d bytes".formatted(MAX_INPUT));
    }
    try {
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new SourceFile("standard input", text);
    } catch (CharacterCodingException e) {
      throw CommandFailed.input("standard input is not UTF-8 text");
    }
  }

  /// Writes all files into a new directory and then gives it its name, so that nothing is half
  /// written.
  private void write(List<OutputFile> files) throws IOException, CommandFailed {
    var target = output.toAbsolutePath().normalize();
    var temporary =
        target.resolveSibling(
            ".%s.%d.new".formatted(target.getFileName(), ProcessHandle.current().pid()));
    try {
      PrivateFiles.delete(temporary);
      for (var file : files) {
        var path = temporary.resolve(file.path());
        Files.createDirectories(path.getParent());
        if (file.isSecret()) {
          PrivateFiles.replace(path, file.text());
        } else {
          Files.writeString(path, file.text());
        }
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw CommandFailed.environment("cannot write " + output, e);
    } finally {
      PrivateFiles.delete(temporary);
    }
  }

  private void print(Conversion conversion) {
    var out = context.streams().out();
    out.println("written:");
    for (var file : conversion.files()) {
      var note = file.isSecret() ? "  (values of secrets; keep it private)" : "";
      out.println("  " + output.resolve(file.path()) + note);
    }
    conversion.report().forEach(out::println);
    next().forEach(line -> out.println("next: " + line));
  }

  private List<String> next() {
    var mesh = output.resolve("mesh.yaml");
    var steps = new ArrayList<>(List.of("testudo check " + mesh));
    if (inPlace) {
      steps.add("testudo apply -f SERVICE/service.yaml   (for each service)");
      steps.add("testudo apply --no-chart -f " + mesh);
      steps.add("kubectl apply -f " + output.resolve("in_place"));
    }
    return steps;
  }
}
