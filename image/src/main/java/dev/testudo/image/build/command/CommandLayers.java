package dev.testudo.image.build.command;

import dev.testudo.image.build.sandbox.Sandbox;
import dev.testudo.image.build.sandbox.SandboxException;
import dev.testudo.image.build.sandbox.SandboxFault;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.oci.Platform;
import dev.testudo.trust.files.WriteFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes the layers of commands, and keeps them. Several processes may use the same directory at
/// once: of two that want the same layer, one builds it and the other one waits.
public final class CommandLayers {
  /// The most bytes of all layers that are kept.
  public static final long MAX_BYTES = 4L << 30;

  /// Where a build is carried out.
  ///
  /// @param directory the directory of kept layers and of roots while commands run; created when
  ///     needed, only for its owner
  /// @param maxBytes the most bytes of all kept layers together; the longest unused ones go
  /// @param user the name of the user of this process, whose subordinate ids a sandbox gets
  /// @param path the directories in which `crun`, `runc` and `tar` are looked for, as in `PATH`
  /// @param indexes keeps what is known of the layers of bases
  /// @param clock tells when a layer was used
  public record Place(
      Path directory,
      long maxBytes,
      String user,
      String path,
      LayerIndexCache indexes,
      InstantSource clock) {
    /// Where Debian has programs of root, which the `PATH` of other users leaves out.
    private static final String SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin";

    /// Returns a place of the user of this process.
    ///
    /// @param environment the environment of the user, of which only `PATH` counts
    public static Place of(
        Path directory, Map<String, String> environment, LayerIndexCache indexes) {
      return new Place(
          directory,
          MAX_BYTES,
          System.getProperty("user.name", ""),
          environment.getOrDefault("PATH", "") + ":" + SYSTEM,
          indexes,
          InstantSource.system());
    }
  }

  private final Place place;
  private final KeptLayers kept;

  /// Uses `place`; nothing is created yet.
  public CommandLayers(Place place) {
    this.place = place;
    this.kept = new KeptLayers(place.directory(), place.maxBytes(), place.clock());
  }

  /// Returns the layer of a recipe if it is kept. Nothing is run, and only `inputs` are read.
  public Optional<CommandLayer> kept(CommandRecipe recipe) throws IOException {
    return kept.find(RecipeKey.of(recipe));
  }

  /// Returns the layer of a recipe: the kept one, or a new one.
  ///
  /// @param access how the commands reach registries
  /// @throws BuildException if a command fails, or cannot be carried out here
  /// @throws dev.testudo.image.oci.ImageException if a layer of the base is malformed or hostile
  /// @throws IOException if a source or the disk fails
  public CommandLayer build(
      CommandRecipe recipe, BuildAccess access, BuildLimits limits, BuildListener listener)
      throws IOException {
    var key = RecipeKey.of(recipe);
    var found = kept.find(key);
    if (found.isPresent()) {
      return found.get();
    }
    requireArchitecture(recipe.base().platform());
    var directory = BuildDirectory.open(place.directory());
    var patience = 2 * limits.time().toNanos();
    try (var _ =
        BuildLock.await(
            directory.lock(key), patience, () -> listener.step("waiting for another build"))) {
      var meanwhile = kept.find(key);
      if (meanwhile.isPresent()) {
        return meanwhile.get();
      }
      return run(recipe, access, limits, listener, directory, key);
    } catch (SandboxException e) {
      throw refusal(e);
    }
  }

  private CommandLayer run(
      CommandRecipe recipe,
      BuildAccess access,
      BuildLimits limits,
      BuildListener listener,
      BuildDirectory directory,
      String key)
      throws IOException {
    var machine = new Sandbox.Machine(place.user(), place.path());
    directory.sweep(key, machine);
    var sandbox = Sandbox.open(directory.build(key), machine);
    try {
      return new CommandRun(sandbox, recipe, access, limits, listener)
          .run(place.indexes(), kept, key);
    } catch (IOException e) {
      if (WriteFailure.isFull(e)) {
        throw new SandboxException(
            SandboxFault.DISK_FULL, "the disk of %s is full".formatted(place.directory()));
      }
      throw e;
    } finally {
      if (!sandbox.remove()) {
        listener.note(
            "what the build has left in %s is not removed yet; a process goes on with it, or the next build does it"
                .formatted(place.directory()));
      }
    }
  }

  private static void requireArchitecture(Platform platform) throws BuildException {
    var machine =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "amd64";
          case "aarch64" -> "arm64";
          case null, default -> "unknown";
        };
    if (!platform.architecture().equals(machine)) {
      throw new BuildException(
          BuildFault.ARCHITECTURE,
          "the base image is for %s and this machine is %s; build on such a machine, or without commands"
              .formatted(platform.architecture(), machine),
          List.of());
    }
  }

  private static IOException refusal(SandboxException e) {
    var fault =
        switch (e.fault()) {
          case NO_RUNTIME -> Optional.of(BuildFault.NO_RUNTIME);
          case NO_SANDBOX -> Optional.of(BuildFault.NO_SANDBOX);
          case DISK_FULL -> Optional.of(BuildFault.DISK_FULL);
          case TOOL_FAILED -> Optional.<BuildFault>empty();
        };
    if (fault.isEmpty()) {
      return e;
    }
    var refusal = new BuildException(fault.get(), String.valueOf(e.getMessage()), List.of());
    refusal.initCause(e);
    return refusal;
  }
}
