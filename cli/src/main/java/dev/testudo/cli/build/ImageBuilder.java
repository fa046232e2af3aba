package dev.testudo.cli.build;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageDestination;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.terminal.TransferLines;
import dev.testudo.cli.terminal.TransferLines.Words;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.build.ConfidentialImage;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Platform;
import dev.testudo.policy.source.Parsed;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Builds the images of service manifests.
///
/// @param places opens bases and destinations
/// @param agent the layer of the agent
/// @param steps carries out commands
/// @param cache keeps what is known of layers
/// @param target the directory for output
/// @param lines shows the progress of a transfer
public record ImageBuilder(
    ImagePlaces places,
    AgentLayer agent,
    BuildSteps steps,
    LayerIndexCache cache,
    Path target,
    Function<Words, TransferLines> lines) {

  private static final int KEY_BYTES = 32;

  /// An image that was built, and perhaps stored.
  ///
  /// @param version what is recorded of it, if it is stored
  /// @param entries how many files, directories and links are measured
  public record Result(BuiltVersion version, int entries) {}

  /// Builds an image. If it is stored, it is also recorded.
  ///
  /// @param destination where it goes, and where earlier versions of it are
  /// @param store whether it is stored
  /// @throws CommandFailed if the environment of the base cannot be part of a policy, or the
  ///     version that `stable` names is unknown
  public Parsed<Result> build(BuildOrder order, ImageDestination destination, boolean store)
      throws IOException, CommandFailed {
    var record = BuildRecord.of(target, order.build().to().value());
    var stable = stable(order, record, destination.location());
    try (var build = ImageBuild.start(order, places, cache, platform(), target)) {
      build.addLayers(steps, record.filesKey().orElseGet(ImageBuilder::newKey));
      return switch (build.check()) {
        case Parsed.Invalid<Map<String, String>>(var problems) -> new Parsed.Invalid<>(problems);
        case Parsed.Valid<Map<String, String>>(var environment, var warnings) -> {
          if (stable.isPresent()) {
            stable.get().requireKeyOf(build.region());
          }
          var prepared = prepare(build);
          var digest = write(order, destination, prepared, store);
          var version = version(order, build, environment, prepared, stable, digest);
          if (store) {
            BuildRecord.of(target, version.image()).add(version, target);
          }
          yield new Parsed.Valid<>(new Result(version, prepared.tree().entries()), warnings);
        }
      };
    }
  }

  /// Returns what images are for: the agent decides.
  private Platform platform() {
    return Platform.linux(agent.architecture());
  }

  private static String newKey() {
    var key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return HexFormat.of().formatHex(key);
  }

  private static BuiltVersion version(
      BuildOrder order,
      ImageBuild build,
      Map<String, String> environment,
      ConfidentialImage.Prepared prepared,
      Optional<StableVersion.Found> stable,
      Digest digest) {
    return new BuiltVersion(
        order.build().to().value(),
        digest,
        prepared.measurement(),
        stable.map(found -> found.measurement().hex()).stream().toList(),
        environment,
        build.workingDirectoryOfBase(),
        build.region(),
        build.user(),
        BuildInputs.hash(order.build()),
        Instant.now());
  }

  private Optional<StableVersion.Found> stable(
      BuildOrder order, BuildRecord record, ImageLocation destination)
      throws IOException, CommandFailed {
    var stable = order.build().stable();
    if (stable.isEmpty()) {
      return Optional.empty();
    }
    var versions = new StableVersion(places, cache, platform(), record, destination);
    return Optional.of(versions.find(order.build().to().value(), stable.get()));
  }

  private ConfidentialImage.Prepared prepare(ImageBuild build) throws IOException {
    try (var reading = lines.apply(Words.READING)) {
      return build.prepare(agent, reading);
    }
  }

  private Digest write(
      BuildOrder order,
      ImageDestination destination,
      ConfidentialImage.Prepared prepared,
      boolean store)
      throws IOException, CommandFailed {
    if (!store) {
      return destination.plan(prepared, places).image().manifest().digest();
    }
    var from = order.base().orElse(destination.location());
    try (var copying = lines.apply(Words.COPYING)) {
      return destination.write(prepared, places, from, copying).image().manifest().digest();
    }
  }
}
