package dev.testudo.agent.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.view.Content;
import dev.testudo.agent.view.HostParts;
import dev.testudo.agent.view.Placed;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.shield.ShownFile;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.InjectedFile;
import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.measure.MeasuredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files that a service's program sees in addition to those of every program.
///
/// @param placed the files of image, caller and policy; of two files at one path, the later one
///     counts, so the policy's takes precedence
/// @param host what the program sees and must not see of this machine
record ServiceFiles(List<Placed> placed, HostParts host) {
  private static final String HOSTS = "/etc/hosts";
  private static final int HOSTS_LIMIT = 1 << 20;
  private static final int WORLD_READABLE = 0644;

  ServiceFiles {
    placed = List.copyOf(placed);
  }

  /// Returns the files of a service.
  ///
  /// @param lib the directory of the agent's jars
  /// @param sealed the files of the image that are in a volume, which the program does not see
  static ServiceFiles of(
      AgentOptions options,
      Path lib,
      MeasuredImage image,
      Configuration configuration,
      SealedFiles sealed)
      throws AgentFailure, IOException {
    var placed = new ArrayList<Placed>();
    for (var entry : image.entries()) {
      if (!sealed.isStored(entry.path())) {
        placed.add(placed(entry));
      }
    }
    placed.addAll(sealed.placed());
    if (options.files().hosts().isPresent()) {
      placed.add(hostsFile(options.files().hosts().get()));
    }
    configuration.files().forEach(file -> placed.add(placed(file)));
    var host =
        new HostParts(
            image.description().hostFiles(), image.description().hostPaths(), hidden(options, lib));
    return new ServiceFiles(placed, host);
  }

  /// Returns an injected file as it is placed in a view.
  static Placed.File placed(InjectedFile file) {
    return new Placed.File(file.path(), file.mode(), new Content.Confidential(file.content()));
  }

  /// Returns an injected file as the shield shows it where no view is built.
  ///
  /// @param owner the user of the program, if it is not that of the agent
  static ShownFile shown(InjectedFile file, Optional<UserIds> owner) {
    return new ShownFile(file.path(), file.mode(), owner, file.content());
  }

  private static Placed placed(ImageEntry entry) {
    return switch (entry) {
      case ImageEntry.Directory(var path, var mode) -> new Placed.Directory(path, mode);
      case ImageEntry.Link(var path, var target) -> new Placed.Link(path, target);
      case ImageEntry.RegularFile file ->
          new Placed.File(file.path(), file.permissions(), new Content.OfImage(file));
    };
  }

  private static Placed hostsFile(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var content = new Content.Plain(in.readNBytes(HOSTS_LIMIT));
      return new Placed.File(HOSTS, WORLD_READABLE, content);
    }
  }

  /// Returns the paths that only the agent may see: its own files, the image directory, and those
  /// of `--hide`.
  private static List<Path> hidden(AgentOptions options, Path lib) throws IOException {
    var hidden = new ArrayList<Path>();
    hidden.add(lib);
    hidden.add(lib.resolveSibling("testudo"));
    hidden.add(options.files().image());
    hidden.addAll(options.files().hidden());
    options.files().hosts().ifPresent(hidden::add);
    options.events().ifPresent(hidden::add);
    var real = new ArrayList<Path>();
    for (var path : hidden) {
      if (Files.exists(path)) {
        real.add(path.toRealPath());
      }
    }
    return real;
  }

  /// Returns how the program's lookups are answered: its hosts file first, then the name service.
  ProgramNames names() throws IOException {
    Optional<String> hosts = Optional.empty();
    for (var entry : placed) {
      if (entry instanceof Placed.File file && file.path().equals(HOSTS)) {
        hosts = Optional.of(text(file.content()));
      }
    }
    return ProgramNames.of(hosts);
  }

  private static String text(Content content) throws IOException {
    return switch (content) {
      case Content.OfImage(var file) -> new String(file.read(HOSTS_LIMIT), UTF_8);
      case Content.OfVolume(var file) -> {
        try (var in = file.content().open()) {
          yield new String(in.readNBytes(HOSTS_LIMIT), UTF_8);
        }
      }
      case Content.Plain(var bytes) -> new String(bytes, UTF_8);
      case Content.OfMachine(var bytes) -> new String(bytes, UTF_8);
      case Content.Confidential(var secret) -> secret.reveal(bytes -> new String(bytes, UTF_8));
    };
  }
}
